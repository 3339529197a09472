/** Which files a command line asks to open. */

import { isAbsolute, resolve } from 'node:path';

/**
 * Absolute paths of the files named in the arguments after the program. Electron and Chromium add switches of their
 * own, also in the middle, so everything that starts with a dash is left out; so is the app's own folder, which
 * stands first when Electron is started from source.
 * @param cwd folder that relative paths belong to
 * @param appPath `app.getAppPath()`
 */
export function pathsToOpen(args: readonly string[], cwd: string, appPath: string): readonly string[] {
  return args
    .filter((arg) => arg !== '' && !arg.startsWith('-'))
    .map((arg) => (isAbsolute(arg) ? arg : resolve(cwd, arg)))
    .filter((path) => path !== appPath);
}
