/** The application around its connection: what holds everywhere, and the frame with the places in it. */

import { type Connection, ConnectionProvider, useConnection } from '../connection/index.ts';
import { Toasts, TooltipProvider } from '../design/index.ts';
import { CommandPalette } from './command-palette.tsx';
import { ConnectionScreen } from './connection-screen.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame.tsx';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';
import { useShortcuts } from './use-shortcuts.ts';
import { useWindowCommands } from './window-commands.tsx';

export function App({ connection }: { readonly connection: Connection }) {
  return (
    <ErrorBoundary part="Engine Room">
      <ConnectionProvider value={connection}>
        <TooltipProvider>
          <Window />
          <Toasts />
        </TooltipProvider>
      </ConnectionProvider>
    </ErrorBoundary>
  );
}

function Window() {
  const { info, state } = useConnection();
  useShortcuts();
  useWindowCommands();
  const shut = state.phase === 'refused' || state.phase === 'other-version' || state.phase === 'failed';
  return (
    <>
      {info === null || shut ? <ConnectionScreen /> : <Frame />}
      <CommandPalette />
      <ShortcutsSheet />
    </>
  );
}
