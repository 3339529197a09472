/** One run from specification to report: plans the steps, runs each in a worker process, keeps the artifacts. */

import type { Failure } from '../base/failure.ts';
import type { WorkOptions } from '../base/work.ts';
import type { RunEvent } from './events.ts';
import type { Report } from './report.ts';
import type { Specification } from './specification.ts';

export interface ConvertOptions extends Pick<WorkOptions, 'signal'> {
  /** Hears every event of the run except `error` and `report`, which belong to the caller. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** The command line that repeats the run, for the report and the manifests; made up from the specification if absent. */
  readonly command?: string | undefined;
}

export interface ConversionOutcome {
  readonly report: Report;
  readonly reportPath: string;
  readonly htmlPath: string;
  /** The run finished and its report is written, but a check failed: `detections-lost` or `target-missed`. */
  readonly verdict: Failure | null;
}

/**
 * Converts a model as the specification says and measures the results side by side.
 * @throws Failure with the code of what went wrong; nothing half-written is left in the output folder then.
 */
export async function convert(
  _specification: Specification,
  _options: ConvertOptions = {},
): Promise<ConversionOutcome> {
  throw new Error('not written yet');
}
