/** The contract's runs by the names that this place uses. */

import type { z } from 'zod';
import type { RunEvent } from '../../contract/events.ts';
import type { runFigureSchema, runSummarySchema } from '../../contract/procedures/runs.ts';

export type { RunEvent };
export type RunSummary = z.output<typeof runSummarySchema>;
export type RunFigure = z.output<typeof runFigureSchema>;
export type RunState = RunSummary['state'];

/** A run that will still change by itself. */
export function isOpen(run: RunSummary): boolean {
  return run.state === 'queued' || run.state === 'running';
}
