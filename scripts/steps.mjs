/** Runs the commands that set up and test a clone, each announced by one plain line. Needs nothing but Node. */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(root, '.cache');

/** The environment for children: npm, pip and cmake-js want a home folder that exists and can be written. */
export function childEnvironment() {
  const home = process.env.HOME;
  try {
    if (process.platform === 'win32') return process.env;
    if (home && statSync(home).isDirectory()) {
      accessSync(home, constants.W_OK);
      return process.env;
    }
  } catch {
    // Falls through to a home of our own.
  }
  const ours = join(cache, 'home');
  mkdirSync(ours, { recursive: true });
  return { ...process.env, HOME: ours };
}

/** A sentence for a person about what happens now. */
export function say(sentence) {
  console.log(`> ${sentence}`);
}

/** Ends the program with a sentence and a remedy. */
export function stop(sentence, remedy) {
  console.error(`${sentence}\n${remedy}`);
  process.exit(1);
}

/** True when the command ends with 0; its output goes to the terminal. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: { ...childEnvironment(), ...options.env },
  });
  return result.status === 0;
}

/** True when the command ends with 0; its output is shown only when it does not. */
export function runQuietly(command, args) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: childEnvironment() });
  if (result.status === 0) return true;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? result.error?.message ?? ''}\n`);
  return false;
}

/** True when the command exists and ends with 0; nothing is shown. */
export function works(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'ignore', env: childEnvironment() }).status === 0;
}

/** True when a program of this name is on PATH. */
export function isOnPath(program) {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) =>
      names.some((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()),
    );
}

/** Installs Debian packages where that is possible without asking: as root, with apt-get. */
export function installPackages(packages) {
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) return false;
  say(`installing ${packages.join(', ')} with apt-get`);
  process.env.DEBIAN_FRONTEND ??= 'noninteractive';
  return (
    runQuietly('apt-get', ['update', '-qq']) &&
    runQuietly('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages])
  );
}
