/** What the steps of one run share: the facts about the model that every engine's inputs and outputs follow from. */

import type { ImageSet } from '../images/image-set.ts';
import type { Preprocessing } from '../images/preprocessing.ts';
import type { OutputLayout } from '../onnx/output-layout.ts';

export interface EngineFacts {
  readonly preprocessing: Preprocessing;
  readonly layout: OutputLayout;
  /** Images of one call in evaluation and latency. */
  readonly batch: number;
  /** Whether engines take other batches too. */
  readonly dynamicBatch: boolean;
  readonly threads: number;
}

/** The images that precisions are compared on, with labels or without. */
export interface EvaluationSet {
  readonly set: ImageSet;
  /** Path of COCO JSON, a label folder or data.yaml. */
  readonly labels: string | null;
}
