/** Where the parts of the app lie: in a clone when started from source, among the resources when packaged. */

import { join } from 'node:path';

export interface PlacesOnDisk {
  /** Folder of the renderer's index.html. */
  readonly renderer: string;
  readonly preload: string;
  /** The compiled main/host/entry.ts. */
  readonly hostEntry: string;
  /** The Node that the host runs on. */
  readonly node: string;
  readonly icon: string;
}

/** Chromium before this version gets the build of the renderer that is made for old ones, for tests. */
const firstModernChromium = 105;

/**
 * @param appPath `app.getAppPath()`: the clone, or the archive app.asar
 * @param resources `process.resourcesPath` of a packaged app, undefined from source
 */
export function placesOnDisk(
  appPath: string,
  resources: string | undefined,
  platform: NodeJS.Platform,
  chromiumVersion: string,
): PlacesOnDisk {
  const program = platform === 'win32' ? 'node.exe' : 'node';
  const isOld = Number.parseInt(chromiumVersion, 10) < firstModernChromium;
  const shared = {
    renderer: join(appPath, 'dist', isOld ? 'renderer-chrome83' : 'renderer'),
    preload: join(appPath, 'dist', 'desktop', 'preload.cjs'),
    icon: join(appPath, 'assets', 'icons', 'engine-room.png'),
  };
  return resources === undefined
    ? {
        ...shared,
        hostEntry: join(appPath, 'dist', 'main', 'host', 'entry.js'),
        node: join(appPath, 'node_modules', 'node', 'bin', program),
      }
    : {
        ...shared,
        hostEntry: join(resources, 'host', 'dist', 'main', 'host', 'entry.js'),
        node: join(resources, 'node', program),
      };
}
