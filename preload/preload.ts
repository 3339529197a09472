/** Gives the page exactly the bridge of contract/bridge.ts, and only to our own page in the main frame. */

import { contextBridge, webUtils } from 'electron';
import type { DesktopBridge, HostState } from '../contract/bridge.ts';
import { backlog } from './backlog.ts';
import { filePaths, type WebUtilsLike } from './dropped-files.ts';
import { ask, forwardPorts, onNotice } from './ipc.ts';

const ownOrigin = 'app://engineroom';

function platform(): DesktopBridge['platform'] {
  return process.platform === 'win32' || process.platform === 'darwin' ? process.platform : 'linux';
}

function expose(): void {
  const openPaths = backlog<string>(50);
  const hostStates = backlog<HostState>(1);
  const menuCommands = backlog<string>(1);
  onNotice('open-path', openPaths.tell);
  onNotice('host-state', hostStates.tell);
  onNotice('menu', menuCommands.tell);
  forwardPorts(window, ownOrigin);

  const bridge: DesktopBridge = {
    kind: 'desktop',
    platform: platform(),
    connect: () => {
      void ask('connect');
    },
    chooseModel: () => ask('choose-model'),
    chooseFolder: (purpose) => ask('choose-folder', purpose),
    chooseLabels: () => ask('choose-labels'),
    pathOfFile: filePaths(webUtils as WebUtilsLike | undefined, window),
    revealInFolder: (path) => ask('reveal-in-folder', path),
    onOpenPath: openPaths.listen,
    onHostState: hostStates.listen,
    onMenu: menuCommands.listen,
    listHosts: () => ask('list-hosts'),
    addHost: (url) => ask('add-host', url),
    removeHost: (id) => ask('remove-host', id),
    selectHost: (id) => ask('select-host', id),
  };
  contextBridge.exposeInMainWorld('engineRoom', bridge);
}

if (window.top === window && (location.origin === ownOrigin || location.href.startsWith(`${ownOrigin}/`))) {
  expose();
}
