/** The desktop app: one instance that starts the host, opens windows on it and ends both. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, Menu, nativeTheme, protocol, safeStorage, session, shell, utilityProcess } from 'electron';
import { z } from 'zod';
import { childEnvironment, launchHost, type UtilityProcessLike } from './adapters/host-child.ts';
import { handleProtocol, type ProtocolLike } from './adapters/protocol.ts';
import { type SafeStorageLike, secretsOf } from './adapters/secrets.ts';
import { pageHandler } from './app-protocol.ts';
import { AppWindows } from './app-windows.ts';
import { chooseFolder, chooseLabels, chooseModel, confirmEndingRuns, showAbout } from './dialogs.ts';
import { HostPorts } from './host-ports.ts';
import { HostProcess } from './host-process.ts';
import { HostSelection } from './host-selection.ts';
import { HostWatch } from './host-watch.ts';
import { serveWindows } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import { pathsToOpen } from './open-paths.ts';
import { appScheme } from './own-pages.ts';
import { placesOnDisk } from './places-on-disk.ts';
import { Quitting } from './quitting.ts';
import { RemoteHosts, savedHostsSchema } from './remote-hosts.ts';
import { openSettings } from './settings-file.ts';
import { windowStateSchema } from './window-state.ts';
import { guardContents, guardSession } from './windows.ts';

const themeSchema = z.object({ theme: z.enum(['system', 'light', 'dark']) });

/** Paths that arrive before there is a window: a file association of macOS tells them early. */
const earlyPaths: string[] = [];

function start(): void {
  const settingsIn = (name: string) => join(app.getPath('userData'), name);
  const places = placesOnDisk(
    app.getAppPath(),
    app.isPackaged ? process.resourcesPath : undefined,
    process.platform,
    process.versions.chrome,
  );
  const developerTools = !app.isPackaged;
  const themes = openSettings(settingsIn('theme.json'), themeSchema, { theme: 'system' });
  nativeTheme.themeSource = themes.value.theme;

  const host = new HostProcess(() =>
    launchHost(
      {
        node: places.node,
        entry: places.hostEntry,
        args: [],
        environment: childEnvironment(process.env),
      },
      utilityProcess as unknown as UtilityProcessLike | undefined,
    ),
  );
  const ports = new HostPorts(host);
  const watch = new HostWatch(host);
  const selection = new HostSelection(
    new RemoteHosts(
      openSettings(settingsIn('hosts.json'), savedHostsSchema, []),
      secretsOf(safeStorage as SafeStorageLike | undefined),
    ),
    ports,
    host,
  );
  const windows = new AppWindows(
    {
      preload: places.preload,
      icon: process.platform === 'linux' && existsSync(places.icon) ? places.icon : undefined,
      state: openSettings(settingsIn('window.json'), windowStateSchema.nullable(), null),
      developerTools,
    },
    ports,
  );
  const quitting = new Quitting({
    app,
    activeRuns: () => watch.activeRuns,
    confirm: (runs) => confirmEndingRuns(windows.show(), runs),
    stopHost: () => {
      selection.close();
      return host.stop();
    },
  });

  const openPath = (path: string): void => {
    app.addRecentDocument(path);
    windows.openPath(path);
  };
  const openWindow = (): void => {
    windows.open().on('close', (event) => {
      // Elsewhere the app goes on without windows.
      if (windows.count === 1 && process.platform !== 'darwin') quitting.hold(event);
    });
  };
  const showMenu = async (): Promise<void> => {
    const template = menuTemplate({
      platform: process.platform,
      developerTools,
      recent: await watch.recentModels(),
      theme: themes.value.theme,
      command: (command) => {
        const [, theme] = /^theme:(system|light|dark)$/.exec(command) ?? [];
        if (theme === 'system' || theme === 'light' || theme === 'dark') {
          themes.write({ theme });
          nativeTheme.themeSource = theme;
        }
        windows.command(command);
      },
      openPath,
      newWindow: openWindow,
      hostFailed: host.state.state === 'failed',
      startHost: () => host.start(),
      about: () => void showAbout(windows.show(), app.getVersion()),
    });
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };

  serveWindows(
    {
      connect: (window) => {
        // Asking again after the host was given up gives it another chance.
        if (host.state.state === 'failed') host.start();
        windows.connect(window);
      },
      'choose-model': async (window) => {
        const path = await chooseModel(window);
        if (path !== null) app.addRecentDocument(path);
        return path;
      },
      'choose-folder': chooseFolder,
      'choose-labels': chooseLabels,
      'reveal-in-folder': (_window, path) => shell.showItemInFolder(path),
      'list-hosts': () => selection.list(),
      'add-host': (_window, url) => selection.add(url),
      'remove-host': (_window, id) => selection.remove(id),
      'select-host': (_window, id) => selection.select(id),
    },
    (event) => windows.ofSender(event),
  );
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
  app.on('second-instance', (_event, args, cwd) => {
    windows.show();
    for (const path of pathsToOpen(args.slice(1), cwd, app.getAppPath())) openPath(path);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (windows.count === 0) openWindow();
  });
  app.on('browser-window-focus', () => void showMenu());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => quitting.force());
  }

  host.start();
  void app.whenReady().then(() => {
    guardSession(session.defaultSession);
    handleProtocol(
      protocol as unknown as ProtocolLike,
      appScheme,
      pageHandler(places.renderer, (request, path) => selection.files(request, path)),
    );
    void showMenu();
    host.onState(({ state }) => {
      if (state !== 'starting') void showMenu();
    });
    openWindow();
    const named = pathsToOpen(process.argv.slice(1), process.cwd(), app.getAppPath());
    for (const path of [...named, ...earlyPaths.splice(0)]) openPath(path);
    app.removeAllListeners('open-file');
    app.on('open-file', (event, path) => {
      event.preventDefault();
      openPath(path);
    });
  });
}

protocol.registerSchemesAsPrivileged([
  { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
]);
app.on('open-file', (event, path) => {
  event.preventDefault();
  earlyPaths.push(path);
});
if (app.requestSingleInstanceLock()) start();
else app.quit();
