/** What a run says while it goes on; `contract/events.ts` states the same shapes for other programs. */

import type { Precision } from '../targets/target.ts';
import type { Note } from './report.ts';

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  /** Expected share of the whole run; the weights of a plan add up to 1. */
  readonly weight: number;
}

export type RunEvent =
  | { readonly type: 'run-started'; readonly run: string; readonly steps: readonly PlannedStep[] }
  | { readonly type: 'step-started'; readonly step: string; readonly title: string }
  | {
      readonly type: 'progress';
      readonly step: string;
      /** Share of the whole run, 0 to 1, never falling. */
      readonly value: number;
      readonly stepValue: number;
      readonly description: string;
      /** For the whole run; null while there is nothing to estimate from. */
      readonly secondsLeft: number | null;
    }
  | { readonly type: 'step-finished'; readonly step: string; readonly seconds: number }
  | { readonly type: 'note'; readonly precision: Precision | null; readonly note: Note };
