/** Engines: what has been built, whether it is still whole, and how it leaves for its user. */

import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useNavigation } from '../app/navigation.ts';
import { useRuns } from '../app/runs-store.ts';
import { useHost } from '../connection/index.ts';
import { formatBytes, formatCount } from '../design/format.ts';
import { EnginesIcon, SearchIcon, StopIcon } from '../design/icons.tsx';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  Notice,
  PlaceHeader,
  Skeleton,
  TextField,
} from '../design/index.ts';
import { EngineDialog } from './engine-dialog.tsx';
import { chooseEngines, type Engine, firstOrder } from './engine-rows.ts';
import { EngineTable } from './engine-table.tsx';
import styles from './engines-place.module.css';
import { createEnginesStore, type EnginesStore } from './engines-store.ts';
import { type EngineActions, engineTitle, useEngineActions } from './use-engine-actions.ts';

/** The store of the connected host, asked again whenever a run ends. */
function useEnginesStore(): EnginesStore {
  const { client } = useHost();
  const store = useMemo(() => createEnginesStore(client), [client]);
  const finished = useRuns((state) => state.runs.filter(({ figures }) => figures.length > 0).length);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another finished run is the reason to ask again
  useEffect(() => {
    void store.refresh();
  }, [store, finished]);
  return store;
}

export function EnginesPlace() {
  const store = useEnginesStore();
  const { engines, failure } = useStore(store.state);
  if (engines === null && failure !== null) {
    return (
      <>
        <PlaceHeader title="Engines" />
        <Notice
          severity="error"
          title={failure.message}
          action={<Button onClick={() => void store.refresh()}>Try again</Button>}
        >
          {failure.remedy}
        </Notice>
      </>
    );
  }
  if (engines === null) {
    return (
      <div aria-busy="true">
        <PlaceHeader title="Engines" />
        <Skeleton lines={9} height="2.4em" />
      </div>
    );
  }
  return engines.length === 0 ? <NoEngines /> : <EngineList store={store} engines={engines} />;
}

function NoEngines() {
  const go = useNavigation((state) => state.go);
  return (
    <>
      <PlaceHeader title="Engines" />
      <EmptyState
        title="No engine has been built yet"
        text="Every conversion leaves its engines here: the file that a runtime loads, with a manifest of what it was built from, its hashes, and what it measured. From here they are verified, exported with their calibration cache, and built again."
        illustration={<EnginesIcon size={44} />}
        action={
          <Button variant="primary" onClick={() => go('convert')}>
            Convert a model
          </Button>
        }
      />
    </>
  );
}

interface EngineListProps {
  readonly store: EnginesStore;
  readonly engines: readonly Engine[];
}

function EngineList({ store, engines }: EngineListProps) {
  const { verified } = useStore(store.state);
  const run = useNavigation((state) => state.params.run);
  const shownId = useNavigation((state) => state.params.engine);
  const setParams = useNavigation((state) => state.setParams);
  const [text, setText] = useState('');
  const [order, setOrder] = useState(firstOrder);
  const [doubtful, setDoubtful] = useState<Engine | null>(null);
  const [verifying, setVerifying] = useState<AbortController | null>(null);
  const ofRun = useMemo(
    () => (run === undefined ? engines : engines.filter((engine) => engine.run === run)),
    [engines, run],
  );
  const rows = useMemo(() => chooseEngines(ofRun, text, order), [ofRun, text, order]);
  const plain = useEngineActions(store);
  const actions: EngineActions = {
    ...plain,
    // What is not as it was built does not leave without a question.
    exportTo: async (engine) => {
      const found = verified.get(engine.id);
      if (found?.state === 'done' && !found.found.whole) setDoubtful(engine);
      else await plain.exportTo(engine);
    },
  };
  const shown = engines.find(({ id }) => id === shownId) ?? null;
  const verifyAll = async () => {
    const stop = new AbortController();
    setVerifying(stop);
    await store.verifyAll(
      rows.map(({ id }) => id),
      stop.signal,
    );
    setVerifying(null);
  };
  useEffect(() => () => verifying?.abort(), [verifying]);
  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Engines"
        description={`${engines.length === 1 ? 'One engine' : `${formatCount(engines.length)} engines`}, ${formatBytes(engines.reduce((sum, { bytes }) => sum + bytes, 0))}`}
        actions={
          verifying === null ? (
            <Button onClick={() => void verifyAll()}>
              Verify {rows.length === engines.length ? 'all' : 'these'}
            </Button>
          ) : (
            <Button icon={<StopIcon />} onClick={() => verifying.abort()}>
              Stop verifying
            </Button>
          )
        }
      />
      <div className={styles.filters}>
        <div className={styles.search}>
          <TextField
            label="Find an engine"
            hideLabel
            type="search"
            placeholder="Find by model, precision, path or hash"
            icon={<SearchIcon />}
            value={text}
            onChange={setText}
          />
        </div>
        {run !== undefined && (
          <p className={styles.only}>
            Engines of one run.{' '}
            <button type="button" className={styles.link} onClick={() => setParams({ run: null })}>
              Show all
            </button>
          </p>
        )}
      </div>
      {rows.length === 0 ? (
        <EmptyState
          title="No engine is called that"
          text="Any part of a model’s name, a precision, a path or a hash will do."
          action={
            <Button
              onClick={() => {
                setText('');
                setParams({ run: null });
              }}
            >
              Show all engines
            </Button>
          }
        />
      ) : (
        <EngineTable
          engines={rows}
          verified={verified}
          order={order}
          onOrder={setOrder}
          actions={actions}
          onOpen={(engine) => setParams({ engine: engine.id })}
        />
      )}
      <p className={styles.warning}>
        <strong>An engine is code.</strong> A runtime executes what is in it. Load only engines that you built
        here, or whose SHA-256 you had from someone you trust; verify one that has been elsewhere.
      </p>
      {shown && (
        <EngineDialog
          engine={shown}
          verifying={verified.get(shown.id)}
          actions={actions}
          onVerify={() => void store.verify(shown.id)}
          onClose={() => setParams({ engine: null })}
        />
      )}
      <ConfirmDialog
        open={doubtful !== null}
        onOpenChange={(open) => {
          if (!open) setDoubtful(null);
        }}
        title={doubtful ? `Export ${engineTitle(doubtful)} all the same?` : ''}
        text="Its files are not as they were built. An engine is code: whoever loads it runs what is in it. Build it again unless you know what changed."
        confirmLabel="Export it"
        danger
        onConfirm={() => {
          if (doubtful) void plain.exportTo(doubtful);
        }}
      />
    </div>
  );
}
