/** What the readers of all three label formats take. */

import { partOfProgress, type WorkOptions } from '../base/work.ts';

export interface LabelOptions extends WorkOptions {
  /**
   * Class names in the model's order. YOLO text needs them where no data.yaml is near; VOC, which names classes but
   * does not number them, takes their order.
   */
  readonly classNames?: readonly string[] | undefined;
}

/** Reading label files is the first half of the work, image sizes the other: progress never runs backwards. */
export function firstHalf(options: LabelOptions): WorkOptions {
  return { signal: options.signal, onProgress: partOfProgress(options, 0, 0.5) };
}

export function laterHalf(options: LabelOptions): WorkOptions {
  return { signal: options.signal, onProgress: partOfProgress(options, 0.5, 0.5) };
}
