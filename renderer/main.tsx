/** Starts the window: theme, log, connection, then the application. */

import './app/older-browsers.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './design/style-nonce.ts';
import '@fontsource-variable/inter/index.css';
import './design/tokens.css';
import './design/base.css';
import { App } from './app/app.tsx';
import { desktopBridge } from './app/bridge.ts';
import { applyStoredTheme } from './app/theme.ts';
import { logUncaughtErrors } from './app/window-log.ts';
import { browserLink, desktopLink, openConnection } from './connection/index.ts';

applyStoredTheme();
logUncaughtErrors();

const bridge = desktopBridge();
const connection = openConnection(bridge === null ? browserLink() : desktopLink(bridge));
bridge?.onHostState((state) => {
  if (state.state === 'failed') connection.fail(state.message, state.remedy);
});
window.addEventListener('online', () => connection.retryNow());
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <App connection={connection} />
  </StrictMode>,
);
