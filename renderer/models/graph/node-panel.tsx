/** Everything about the selected node, and the ways to the nodes around it. */

import type { ReactNode } from 'react';
import { CloseIcon } from '../../design/icons.tsx';
import { CopyButton, IconButton, PrecisionTag } from '../../design/index.ts';
import styles from './graph.module.css';
import type { GraphIndex, IndexedNode } from './graph-index.ts';
import { useGraph } from './graph-store.ts';
import type { Camera } from './use-camera.ts';

export function NodePanel({ index, camera }: { readonly index: GraphIndex; readonly camera: Camera }) {
  const selected = useGraph((state) => state.selected);
  const select = useGraph((state) => state.select);
  const entry = selected === null ? undefined : index.byId.get(selected);
  if (entry === undefined) return null;
  const { node, before, after } = entry;
  return (
    <aside className={styles.panel} aria-label={`Node ${node.name}`}>
      <header className={styles.panelHead}>
        <div>
          <h2 className={styles.operator}>{node.operator}</h2>
          <div className={styles.nodeName}>{node.name}</div>
        </div>
        <IconButton label="Close the details" size="small" onClick={() => select(null)}>
          <CloseIcon size={14} />
        </IconButton>
      </header>
      <div className={styles.panelBody}>
        {node.precision !== null && (
          <Part title="Computes in">
            <PrecisionTag precision={node.precision} />
            {node.reason !== null && <p className={styles.reason}>{node.reason}</p>}
          </Part>
        )}
        <Links title="Comes from" none="an input of the model" ids={before} index={index} camera={camera} />
        <Links title="Leads to" none="an output of the model" ids={after} index={index} camera={camera} />
        <Texts title="Constants" texts={node.constants} />
        <Texts title="Attributes" texts={node.attributes} />
        <Texts title="Reads" texts={node.inputs} />
        <Texts title="Writes" texts={node.outputs} />
        <CopyButton text={node.name} label="Copy the name" />
      </div>
    </aside>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className={styles.partTitle}>{title}</h3>
      {children}
    </section>
  );
}

function Texts({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <Part title={title}>
      <ul className={styles.texts}>
        {texts.map((text, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a node may read one tensor twice, in a fixed order
          <li key={at}>
            <code>{text}</code>
          </li>
        ))}
      </ul>
    </Part>
  );
}

interface LinksProps {
  readonly title: string;
  readonly none: string;
  readonly ids: readonly string[];
  readonly index: GraphIndex;
  readonly camera: Camera;
}

function Links({ title, none, ids, index, camera }: LinksProps) {
  const select = useGraph((state) => state.select);
  const entries = ids.flatMap((id): IndexedNode[] => {
    const entry = index.byId.get(id);
    return entry === undefined ? [] : [entry];
  });
  return (
    <Part title={title}>
      {entries.length === 0 ? (
        <p className={styles.reason}>{none}</p>
      ) : (
        <ul className={styles.texts}>
          {entries.map((entry) => (
            <li key={entry.node.id}>
              <button
                type="button"
                className={styles.link}
                onClick={() => {
                  select(entry.node.id);
                  camera.reveal(entry);
                }}
              >
                <span className={styles.linkOperator}>{entry.node.operator}</span>
                <span className={styles.linkName}>{entry.node.name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}
