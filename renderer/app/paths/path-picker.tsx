/** Chooses a file or folder on the host, for windows that cannot open a native dialog there. */

import { useEffect, useState } from 'react';
import type { HostClient, ResultOf } from '../../../contract/procedures/index.ts';
import { useHost } from '../../connection/index.ts';
import { formatBytes } from '../../design/format.ts';
import { ChevronLeftIcon, FileIcon, FolderIcon, ImagesIcon, ModelIcon } from '../../design/icons.tsx';
import { Button, Dialog, EmptyState, Notice, Skeleton, TextField } from '../../design/index.ts';
import { type ShownFailure, shownFailure } from '../project-store.ts';
import { type PathPurpose, usePathPicker } from './choose-path.ts';
import styles from './path-picker.module.css';
import { entriesFor, kindsOf, purposeWords } from './path-purpose.ts';
import { SendFiles } from './send-files.tsx';

type Folder = ResultOf<'host.listFolder'>;

export function PathPicker() {
  const request = usePathPicker((state) => state.request);
  const answer = usePathPicker((state) => state.answer);
  if (request === null) return null;
  return <Picker purpose={request.purpose} answer={answer} />;
}

interface FolderView {
  readonly folder: Folder | null;
  readonly failure: ShownFailure | null;
  readonly open: (path: string | null) => void;
}

function useFolder(client: HostClient): FolderView {
  const [path, setPath] = useState<string | null>(lastFolder);
  const [folder, setFolder] = useState<Folder | null>(null);
  const [failure, setFailure] = useState<ShownFailure | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const read = async () => {
      try {
        const found = await client.call('host.listFolder', { path }, { signal: abort.signal });
        lastFolder = found.path;
        setFolder(found);
        setFailure(null);
      } catch (error) {
        if (!abort.signal.aborted) setFailure(shownFailure(error));
      }
    };
    void read();
    return () => abort.abort();
  }, [client, path]);
  return { folder, failure, open: setPath };
}

/** Where the picker was last, for the life of the window. */
let lastFolder: string | null = null;

function EntryIcon({ kind }: { readonly kind: Folder['entries'][number]['kind'] }) {
  if (kind === 'folder') return <FolderIcon />;
  if (kind === 'model') return <ModelIcon />;
  if (kind === 'image') return <ImagesIcon />;
  return <FileIcon />;
}

function Picker({
  purpose,
  answer,
}: {
  readonly purpose: PathPurpose;
  readonly answer: (path: string | null) => void;
}) {
  const { client, info } = useHost();
  const { folder, failure, open } = useFolder(client);
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const words = purposeWords[purpose];
  const kinds = kindsOf(purpose);
  const result =
    typed.trim() !== '' ? typed.trim() : (chosen ?? (kinds.folder ? (folder?.path ?? null) : null));

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) answer(null);
      }}
      title={words.title}
      description={`On ${info.hostName}. ${words.text}`}
      footer={
        <>
          {purpose !== 'output' && <SendFiles purpose={purpose} onSend={() => answer(null)} />}
          <Button onClick={() => answer(null)}>Cancel</Button>
          <Button variant="primary" disabled={result === null} onClick={() => answer(result)}>
            {chosen === null && typed.trim() === '' && kinds.folder ? 'Use this folder' : words.confirm}
          </Button>
        </>
      }
    >
      <div className={styles.picker}>
        <div className={styles.where}>
          <Button
            size="small"
            icon={<ChevronLeftIcon />}
            disabled={folder === null || folder.parent === null}
            onClick={() => {
              setChosen(null);
              open(folder?.parent ?? null);
            }}
          >
            Up
          </Button>
          <code className={styles.path}>{folder?.path ?? ''}</code>
        </div>
        {failure !== null && (
          <Notice
            severity="error"
            title={failure.message}
            live
            action={
              <Button size="small" onClick={() => open(null)}>
                Start folder
              </Button>
            }
          >
            {failure.remedy}
          </Notice>
        )}
        <Entries
          folder={folder}
          purpose={purpose}
          chosen={chosen}
          onChoose={setChosen}
          onOpen={(path) => {
            setChosen(null);
            open(path);
          }}
          onTake={answer}
        />
        <TextField
          label="Or type the path"
          value={typed}
          onChange={setTyped}
          onEnter={() => result !== null && answer(result)}
          placeholder={words.example}
          mono
        />
      </div>
    </Dialog>
  );
}

interface EntriesProps {
  readonly folder: Folder | null;
  readonly purpose: PathPurpose;
  readonly chosen: string | null;
  readonly onChoose: (path: string) => void;
  readonly onOpen: (path: string) => void;
  readonly onTake: (path: string) => void;
}

/** Longest list drawn; a folder of 100,000 images is chosen as a folder, not by its entries. */
const mostEntries = 500;

function Entries({ folder, purpose, chosen, onChoose, onOpen, onTake }: EntriesProps) {
  if (folder === null) {
    return (
      <div className={styles.entries} aria-busy="true">
        <div className={styles.waiting}>
          <Skeleton lines={6} height="1.1rem" />
        </div>
      </div>
    );
  }
  const entries = entriesFor(folder.entries, purpose);
  if (entries.length === 0) {
    return (
      <div className={styles.entries}>
        <EmptyState title="Nothing to choose here" text={purposeWords[purpose].nothing} />
      </div>
    );
  }
  return (
    <ul className={styles.entries}>
      {entries.slice(0, mostEntries).map((entry) => (
        <li key={entry.path}>
          <button
            type="button"
            className={styles.entry}
            aria-pressed={entry.kind === 'folder' ? undefined : entry.path === chosen}
            disabled={!entry.selectable && entry.kind !== 'folder'}
            onClick={() => (entry.kind === 'folder' ? onOpen(entry.path) : onChoose(entry.path))}
            onDoubleClick={() => {
              if (entry.kind !== 'folder' && entry.selectable) onTake(entry.path);
            }}
          >
            <EntryIcon kind={entry.kind} />
            <span className={styles.name}>{entry.name}</span>
            <span className={styles.size}>{entry.bytes === null ? '' : formatBytes(entry.bytes)}</span>
          </button>
        </li>
      ))}
      {entries.length > mostEntries && (
        <li className={styles.more}>
          and {entries.length - mostEntries} more: use the folder, or type the path.
        </li>
      )}
    </ul>
  );
}
