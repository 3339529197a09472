/** The task that chooses a representative sample. */

import {
  type RepresentativeSample,
  representativeSample,
} from '../../../../core/images/representative-sample.ts';
import type { TaskWork } from './task-work.ts';

export interface PickInput {
  readonly features: Uint8Array;
  readonly count: number;
}

export async function pick({ features, count }: PickInput, work: TaskWork): Promise<RepresentativeSample> {
  return await representativeSample(features, count, { signal: work.signal });
}
