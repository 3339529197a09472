/** Finds compiled programs: worker processes run these even where this program runs from its sources, as tests do. */

import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../../base/failure.ts';

function repositoryOf(folder: string): string {
  let at = folder;
  while (!existsSync(join(at, 'package.json')) && dirname(at) !== at) at = dirname(at);
  return at;
}

/**
 * @param folder where the source or the compiled file lies: `import.meta.dirname` of a file beside it
 * @param name of the compiled file, e.g. `entry.js`
 * @throws Failure `internal` when there is none
 */
export function compiledProgram(folder: string, name: string): string {
  const beside = join(folder, name);
  if (existsSync(beside)) return beside;
  const repository = repositoryOf(folder);
  const compiled = join(repository, 'dist', relative(repository, folder), name);
  if (existsSync(compiled)) return compiled;
  throw new Failure(
    'internal',
    `The worker program ${compiled} is not built.`,
    'Run "npm run build:ts" first.',
  );
}
