/** What the readers of all three label formats take. */

import type { WorkOptions } from '../base/work.ts';

export interface LabelOptions extends WorkOptions {
  /**
   * Class names in the model's order. YOLO text needs them where no data.yaml is near; VOC, which names classes but
   * does not number them, takes their order.
   */
  readonly classNames?: readonly string[] | undefined;
}
