/** All engines in a virtualised table, sorted by a click on a column's head, with the actions of each in a menu. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { formatAgo, formatBytes, formatMs } from '../design/format.ts';
import {
  CompareIcon,
  DownloadIcon,
  FileIcon,
  FolderIcon,
  MoreIcon,
  OkIcon,
  RepeatIcon,
  TrashIcon,
} from '../design/icons.tsx';
import {
  CopyButton,
  classNames,
  IconButton,
  Menu,
  type MenuItem,
  PrecisionTag,
  Tag,
} from '../design/index.ts';
import {
  type Engine,
  type EngineColumn,
  type EngineOrder,
  isUnusable,
  orderAfterClick,
} from './engine-rows.ts';
import styles from './engines-place.module.css';
import type { Verifying } from './engines-store.ts';
import { type EngineActions, engineTitle } from './use-engine-actions.ts';

interface EngineTableProps {
  readonly engines: readonly Engine[];
  readonly verified: ReadonlyMap<string, Verifying>;
  readonly order: EngineOrder;
  readonly onOrder: (order: EngineOrder) => void;
  readonly actions: EngineActions;
  readonly onOpen: (engine: Engine) => void;
}

const rowHeight = 54;

const columns: readonly { readonly by: EngineColumn; readonly name: string; readonly figure: boolean }[] = [
  { by: 'model', name: 'Model', figure: false },
  { by: 'precision', name: 'Precision', figure: false },
  { by: 'bytes', name: 'Size', figure: true },
  { by: 'p50Ms', name: 'Latency p50', figure: true },
  { by: 'map5095', name: 'mAP50-95', figure: true },
  { by: 'builtAt', name: 'Built', figure: false },
];

export function EngineTable({ engines, verified, order, onOrder, actions, onOpen }: EngineTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: engines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const now = Date.now();
  const items = virtualizer.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label="Engines">
      <table className={styles.table} aria-label="Engines" aria-rowcount={engines.length + 1}>
        <colgroup>
          <col />
          <col className={styles.columnPrecision} />
          <col className={styles.columnFigure} />
          <col className={styles.columnFigure} />
          <col className={styles.columnFigure} />
          <col className={styles.columnBuilt} />
          <col className={classNames(styles.columnHash, styles.wide)} />
          <col className={styles.columnState} />
          <col className={styles.columnMenu} />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ by, name, figure }) => (
              <ColumnHead key={by} by={by} name={name} figure={figure} order={order} onOrder={onOrder} />
            ))}
            <th scope="col" className={styles.wide}>
              SHA-256
            </th>
            <th scope="col">State</th>
            <th scope="col">
              <span className={styles.unseen}>Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && (
            // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row takes no focus
            <tr aria-hidden="true" className={styles.spacer}>
              <td colSpan={9} style={{ height: before }} />
            </tr>
          )}
          {items.map(({ index }) => {
            const engine = engines[index];
            return (
              engine && (
                <tr key={engine.id} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                  <EngineCells
                    engine={engine}
                    verifying={verified.get(engine.id)}
                    actions={actions}
                    onOpen={onOpen}
                    now={now}
                  />
                </tr>
              )
            );
          })}
          {after > 0 && (
            // biome-ignore lint/a11y/noAriaHiddenOnFocusable: an empty row takes no focus
            <tr aria-hidden="true" className={styles.spacer}>
              <td colSpan={9} style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

interface ColumnHeadProps {
  readonly by: EngineColumn;
  readonly name: string;
  readonly figure: boolean;
  readonly order: EngineOrder;
  readonly onOrder: (order: EngineOrder) => void;
}

function ColumnHead({ by, name, figure, order, onOrder }: ColumnHeadProps) {
  const sorted = order.by === by;
  return (
    <th
      scope="col"
      aria-sort={sorted ? (order.falling ? 'descending' : 'ascending') : 'none'}
      className={figure ? styles.figure : undefined}
    >
      <button type="button" className={styles.sort} onClick={() => onOrder(orderAfterClick(order, by))}>
        {name}
        {sorted && (
          <span className={styles.arrow} aria-hidden="true">
            {order.falling ? '\u2193' : '\u2191'}
          </span>
        )}
      </button>
    </th>
  );
}

interface EngineCellsProps {
  readonly engine: Engine;
  readonly verifying: Verifying | undefined;
  readonly actions: EngineActions;
  readonly onOpen: (engine: Engine) => void;
  readonly now: number;
}

function EngineCells({ engine, verifying, actions, onOpen, now }: EngineCellsProps) {
  const { path, precision, bytes, p50Ms, map5095, builtAt, sha256 } = engine;
  return (
    <>
      <th scope="row" className={styles.name}>
        <button type="button" className={styles.open} onClick={() => onOpen(engine)}>
          {engine.modelName.replace(/\.onnx$/i, '')}
        </button>
        <span className={styles.path} title={path}>
          <bdi>{path}</bdi>
        </span>
      </th>
      <td>
        <PrecisionTag precision={precision} />
      </td>
      <td className={styles.figure}>{formatBytes(bytes)}</td>
      <td className={styles.figure}>{formatMs(p50Ms)}</td>
      <td className={styles.figure}>{map5095 === null ? '\u2013' : map5095.toFixed(4)}</td>
      <td title={new Date(builtAt).toLocaleString('en-GB')}>{formatAgo(builtAt, now)}</td>
      <td className={styles.wide}>
        <span className={styles.hash}>
          <code>{sha256.slice(0, 8)}</code>
          <CopyButton iconOnly label="Copy the SHA-256" text={sha256} />
        </span>
      </td>
      <td>
        <StateTag engine={engine} verifying={verifying} />
      </td>
      <td>
        <Menu
          trigger={
            <IconButton size="small" label={`Actions for ${engineTitle(engine)}`}>
              <MoreIcon />
            </IconButton>
          }
          items={menuOf(engine, actions, onOpen)}
        />
      </td>
    </>
  );
}

interface StateTagProps {
  readonly engine: Engine;
  readonly verifying: Verifying | undefined;
}

export function StateTag({ engine, verifying }: StateTagProps) {
  if (!engine.present) return <Tag tone="error">gone</Tag>;
  if (isUnusable(engine)) return <Tag tone="error">do not use</Tag>;
  if (verifying === undefined) return <span className={styles.soft}>not verified</span>;
  if (verifying.state === 'busy') return <span className={styles.soft}>verifying…</span>;
  if (verifying.state === 'failed') return <Tag tone="warning">not readable</Tag>;
  return verifying.found.whole ? <Tag tone="ok">whole</Tag> : <Tag tone="error">changed</Tag>;
}

function menuOf(
  engine: Engine,
  actions: EngineActions,
  onOpen: (engine: Engine) => void,
): readonly (MenuItem | 'separator')[] {
  const { reveal } = actions;
  const gone = !engine.present;
  return [
    { label: 'Manifest and state', icon: <FileIcon />, onSelect: () => onOpen(engine) },
    { label: 'See its comparison', icon: <CompareIcon />, onSelect: () => actions.compare(engine) },
    { label: 'Verify', icon: <OkIcon />, onSelect: () => void actions.verify(engine) },
    'separator',
    {
      label: 'Export to a folder…',
      icon: <FolderIcon />,
      disabled: gone,
      onSelect: () => void actions.exportTo(engine),
    },
    ...(reveal
      ? [
          {
            label: 'Show in the file manager',
            icon: <FolderIcon />,
            disabled: gone,
            onSelect: () => reveal(engine),
          },
        ]
      : [
          {
            label: 'Download its files',
            icon: <DownloadIcon />,
            disabled: gone,
            onSelect: () => void actions.download(engine),
          },
        ]),
    'separator',
    { label: 'Build it again', icon: <RepeatIcon />, onSelect: () => void actions.rebuild(engine) },
    { label: 'Delete', icon: <TrashIcon />, danger: true, onSelect: () => void actions.remove(engine) },
  ];
}
