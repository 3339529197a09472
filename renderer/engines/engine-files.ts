/** Which files of a run make up an engine, and where an export of it goes. */

import { filePaths } from '../../contract/procedures/index.ts';
import { type Engine, fileName, type Verification } from './engine-rows.ts';

export interface EngineFile {
  readonly name: string;
  /** Below the host's `filesUrl`. */
  readonly path: string;
}

/** The files that a verification found, and the report, for a browser that downloads them one by one. */
export function downloadsOf(engine: Pick<Engine, 'run'>, { files }: Verification): readonly EngineFile[] {
  return [
    ...files
      .filter(({ state }) => state !== 'missing')
      .map(({ file }) => ({ name: fileName(file), path: filePaths.runFile(engine.run, fileName(file)) })),
    { name: 'report.html', path: filePaths.report(engine.run) },
  ];
}

/** A folder of the engine's own within the chosen one, so that exports do not mix with what lies there. */
export function exportFolder(engine: Pick<Engine, 'path'>, chosen: string): string {
  const separator = chosen.includes('\\') && !chosen.includes('/') ? '\\' : '/';
  return `${chosen.replace(/[\\/]+$/, '')}${separator}${fileName(engine.path).replace(/\.[^.]+$/, '')}`;
}
