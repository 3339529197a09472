/** What can be done with an engine: verify, export, download, reveal, rebuild, delete and take that back. */

import { useMemo } from 'react';
import { desktopBridge } from '../app/bridge.ts';
import { useNavigation } from '../app/navigation.ts';
import { useChoosePath } from '../app/paths/use-choose-path.ts';
import { useHost } from '../connection/index.ts';
import { precisionName, useToasts } from '../design/index.ts';
import { downloadsOf, exportFolder } from './engine-files.ts';
import { type Engine, fileName, verificationInWords } from './engine-rows.ts';
import type { EnginesStore, Verifying } from './engines-store.ts';

export interface EngineActions {
  readonly verify: (engine: Engine) => Promise<void>;
  readonly exportTo: (engine: Engine) => Promise<void>;
  /** Verifies first: the host knows which files there are, and what is not whole is not handed out. */
  readonly download: (engine: Engine) => Promise<void>;
  /** Null where no file manager can be opened: in a browser, or for a host elsewhere. */
  readonly reveal: ((engine: Engine) => void) | null;
  readonly rebuild: (engine: Engine) => Promise<void>;
  readonly remove: (engine: Engine) => Promise<void>;
  readonly compare: (engine: Engine) => void;
}

export function engineTitle(engine: Pick<Engine, 'modelName' | 'precision'>): string {
  return `${engine.modelName.replace(/\.onnx$/i, '')} ${precisionName(engine.precision)}`;
}

export function useEngineActions(store: EnginesStore): EngineActions {
  const { client, filesUrl, local } = useHost();
  const choosePath = useChoosePath();
  const go = useNavigation((state) => state.go);
  const { show, showError } = useToasts.getState();
  return useMemo(() => {
    const bridge = local ? desktopBridge() : null;
    const attempt = async (doing: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        showError(error, doing);
      }
    };
    const tell = (engine: Engine, verifying: Verifying): void => {
      if (verifying.state === 'failed') {
        const { message, remedy } = verifying.failure;
        show({ severity: 'error', title: message, text: remedy });
      } else if (verifying.state === 'done') {
        const { whole } = verifying.found;
        show({
          severity: whole ? 'ok' : 'error',
          title: `${engineTitle(engine)}. ${verificationInWords(verifying.found)}`,
          ...(whole
            ? {}
            : { text: 'Do not load it: an engine is code. Build it again, or restore it from a copy.' }),
        });
      }
    };
    return {
      async verify(engine) {
        tell(engine, await store.verify(engine.id));
      },
      exportTo: (engine) =>
        attempt('Not exported', async () => {
          const to = await choosePath('output');
          if (to === null) return;
          const { folder, files } = await client.call('engines.export', {
            id: engine.id,
            to: exportFolder(engine, to),
          });
          const first = files[0];
          show({
            severity: 'ok',
            title: `${engineTitle(engine)}: ${files.length} files exported, hashes verified`,
            text: folder,
            ...(bridge && first !== undefined
              ? {
                  action: {
                    label: 'Show in folder',
                    onSelect: () => void bridge.revealInFolder(`${folder}/${fileName(first)}`),
                  },
                }
              : {}),
          });
        }),
      async download(engine) {
        const verifying = await store.verify(engine.id);
        if (verifying.state !== 'done' || !verifying.found.whole) return tell(engine, verifying);
        for (const { name, path } of downloadsOf(engine, verifying.found)) {
          const link = document.createElement('a');
          link.href = filesUrl(path);
          link.download = name;
          link.click();
          // Browsers drop all but the last of downloads that begin at once.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      },
      reveal: bridge ? (engine) => void attempt('Not shown', () => bridge.revealInFolder(engine.path)) : null,
      rebuild: (engine) =>
        attempt('Not queued', async () => {
          const run = await client.call('runs.repeat', { id: engine.run });
          go('convert', { run: run.id });
        }),
      remove: (engine) =>
        attempt('Not deleted', async () => {
          await store.remove(engine.id);
          show({
            severity: 'info',
            title: `${engineTitle(engine)} deleted`,
            text: 'The host keeps it for a day.',
            action: {
              label: 'Undo',
              onSelect: () => void attempt('Not restored', () => store.restore(engine.id)),
            },
          });
        }),
      compare: (engine) => go('compare', { run: engine.run }),
    } satisfies EngineActions;
  }, [store, client, filesUrl, local, choosePath, go, show, showError]);
}
