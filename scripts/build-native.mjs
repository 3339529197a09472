/** Compiles the N-API addon with cmake-js; does nothing when no source is newer than the build. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const native = join(root, 'native');
const output = join(native, 'build', 'Release', 'engineroom.node');

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'build') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSource(path));
    else if (/\.(cc|h|txt)$/.test(entry.name)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

if (existsSync(output) && statSync(output).mtimeMs > newestSource(native)) {
  console.log('native addon: up to date');
} else {
  const cli = join(root, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const result = spawnSync(process.execPath, [cli, 'compile', '--directory', native, '--parallel', '2'], {
    cwd: native,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr);
    console.error(
      'The native addon did not compile: it needs a C++17 compiler, make and cmake 3.15 or newer.',
    );
    process.exit(1);
  }
  console.log('native addon: built');
}
