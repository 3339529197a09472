/** Engines as rows of a table: searched, sorted, and what of them is worth saying in words. */

import type { ResultOf } from '../../contract/procedures/index.ts';
import { precisions } from '../design/precision.ts';

export type Engine = ResultOf<'engines.list'>['engines'][number];
export type Verification = ResultOf<'engines.verify'>;

export type EngineColumn = 'model' | 'precision' | 'bytes' | 'p50Ms' | 'map5095' | 'builtAt';

export interface EngineOrder {
  readonly by: EngineColumn;
  readonly falling: boolean;
}

/** Newest first is what one looks for after a run. */
export const firstOrder: EngineOrder = { by: 'builtAt', falling: true };

function compareBy(by: EngineColumn, a: Engine, b: Engine): number {
  switch (by) {
    case 'model':
      return a.modelName.localeCompare(b.modelName, 'en', { numeric: true });
    case 'precision':
      return precisions.indexOf(a.precision) - precisions.indexOf(b.precision);
    case 'builtAt':
      return a.builtAt.localeCompare(b.builtAt);
    case 'bytes':
      return a.bytes - b.bytes;
    default:
      return (a[by] ?? 0) - (b[by] ?? 0);
  }
}

/** Rows whose model, precision, path or hash contains every word of `text`; engines without the figure come last. */
export function chooseEngines(
  engines: readonly Engine[],
  text: string,
  { by, falling }: EngineOrder,
): readonly Engine[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return engines
    .filter((engine) => {
      const haystack =
        `${engine.modelName} ${engine.precision} ${engine.target} ${engine.path} ${engine.sha256}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    })
    .sort((a, b) => {
      if (by === 'p50Ms' || by === 'map5095') {
        const lacking = Number(a[by] === null) - Number(b[by] === null);
        if (lacking !== 0) return lacking;
      }
      return (
        compareBy(by, a, b) * (falling ? -1 : 1) ||
        b.builtAt.localeCompare(a.builtAt) ||
        compareBy('precision', a, b)
      );
    });
}

/** The order after a click on a column's head: the other direction, or that column's natural one. */
export function orderAfterClick(order: EngineOrder, by: EngineColumn): EngineOrder {
  if (order.by === by) return { by, falling: !order.falling };
  return { by, falling: by === 'builtAt' || by === 'map5095' };
}

/** True for an engine that its own run judged: detections lost, or outputs that are not finite. */
export function isUnusable({ manifest }: Pick<Engine, 'manifest'>): boolean {
  return manifest?.status === 'detections-lost' || manifest?.status === 'non-finite';
}

/** The file's name at the end of a path of either kind. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** The folder that a path lies in. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.length - fileName(path).length - 1));
}

/** What a verification found, in one sentence. */
export function verificationInWords({ whole, files }: Verification): string {
  if (whole)
    return `Whole: ${files.length === 1 ? 'the file is' : `${files.length === 2 ? 'both' : `all ${files.length}`} files are`} as built.`;
  const changed = files.filter(({ state }) => state === 'changed').map(({ file }) => fileName(file));
  const missing = files.filter(({ state }) => state === 'missing').map(({ file }) => fileName(file));
  const parts = [
    changed.length > 0 && `${changed.join(', ')} changed since the build`,
    missing.length > 0 && `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
  ].filter(Boolean);
  return `Not as built: ${parts.join('; ')}.`;
}
