/** The folder in which the host keeps its store, uploads, caches and runs. */

import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where each system wants a program's own data; `ENGINEROOM_DATA` overrides it. */
export function defaultDataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { ENGINEROOM_DATA: chosen, LOCALAPPDATA: local, XDG_DATA_HOME: xdg } = environment;
  if (chosen) return chosen;
  switch (platform) {
    case 'win32':
      return join(local || join(home, 'AppData', 'Local'), 'Engine Room');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Engine Room');
    default:
      return join(xdg || join(home, '.local', 'share'), 'engine-room');
  }
}

/** The host's own folders below the data folder. */
export function dataFolders(dataFolder: string) {
  return {
    store: join(dataFolder, 'runs.sqlite'),
    runs: join(dataFolder, 'runs'),
    uploads: join(dataFolder, 'uploads'),
    trash: join(dataFolder, 'trash'),
    sessionKey: join(dataFolder, 'session.key'),
    pictures: join(dataFolder, 'run-pictures'),
  } as const;
}
