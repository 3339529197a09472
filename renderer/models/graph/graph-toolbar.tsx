/** Above the graph: search, whose graph it is, zoom. */

import type { RefObject } from 'react';
import { formatCount } from '../../design/format.ts';
import { ChevronDownIcon, FitIcon, MinusIcon, PlusIcon, SearchIcon } from '../../design/icons.tsx';
import { IconButton, PrecisionTag, precisions, SelectField } from '../../design/index.ts';
import styles from './graph.module.css';
import type { GraphIndex } from './graph-index.ts';
import type { GraphSource } from './graph-sources.ts';
import { useGraph } from './graph-store.ts';
import type { Camera } from './use-camera.ts';

export interface GraphToolbarProps {
  readonly sources: readonly GraphSource[];
  readonly source: string;
  readonly onSource: (path: string) => void;
  readonly camera: Camera;
  readonly searchField: RefObject<HTMLInputElement | null>;
}

export function GraphToolbar({ sources, source, onSource, camera, searchField }: GraphToolbarProps) {
  const ready = useGraph((state) => state.phase === 'ready');
  return (
    <div className={styles.toolbar}>
      <GraphSearch camera={camera} field={searchField} />
      <div className={styles.source}>
        <SelectField
          label="Graph of"
          hideLabel
          size="small"
          value={source}
          onChange={onSource}
          options={sources.map(({ path, label, hint }) => ({ value: path, label, hint }))}
        />
      </div>
      <Legend />
      <div className={styles.zoom}>
        <IconButton
          label="Zoom out"
          shortcut="−"
          size="small"
          disabled={!ready}
          onClick={() => camera.zoom(1 / 1.4)}
        >
          <MinusIcon />
        </IconButton>
        <IconButton
          label="Zoom in"
          shortcut="+"
          size="small"
          disabled={!ready}
          onClick={() => camera.zoom(1.4)}
        >
          <PlusIcon />
        </IconButton>
        <IconButton label="Whole graph" shortcut="0" size="small" disabled={!ready} onClick={camera.fit}>
          <FitIcon />
        </IconButton>
      </div>
    </div>
  );
}

function GraphSearch({
  camera,
  field,
}: {
  readonly camera: Camera;
  readonly field: RefObject<HTMLInputElement | null>;
}) {
  const { query, matches, selected, search, stepMatch } = useGraph();
  const at = matches.findIndex(({ node }) => node.id === selected);
  const step = (by: 1 | -1) => {
    const match = stepMatch(by);
    if (match === undefined) return;
    // Once the details have opened beside the drawing and left it its final width.
    requestAnimationFrame(() => requestAnimationFrame(() => camera.reveal(match, true)));
  };
  const asked = query.trim() !== '';
  return (
    <search className={styles.search}>
      <SearchIcon size={14} />
      <input
        ref={field}
        className={styles.searchInput}
        value={query}
        placeholder="Find a node"
        aria-label="Find a node by operator, name or tensor"
        spellCheck={false}
        onChange={(event) => search(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape' && asked) search('');
          else return;
          event.preventDefault();
        }}
      />
      <span className={styles.found} aria-live="polite">
        {asked &&
          (matches.length === 0 ? 'none' : `${at < 0 ? '' : `${at + 1} of `}${formatCount(matches.length)}`)}
      </span>
      <span className={styles.turned}>
        <IconButton
          label="Match before"
          size="small"
          disabled={matches.length === 0}
          onClick={() => step(-1)}
        >
          <ChevronDownIcon size={14} />
        </IconButton>
      </span>
      <IconButton label="Next match" size="small" disabled={matches.length === 0} onClick={() => step(1)}>
        <ChevronDownIcon size={14} />
      </IconButton>
    </search>
  );
}

/** How many nodes compute in each precision. */
export function countPrecisions(index: GraphIndex): Readonly<Record<(typeof precisions)[number], number>> {
  const counts = { fp32: 0, fp16: 0, int8: 0 };
  for (const { node } of index.nodes) if (node.precision !== null) counts[node.precision] += 1;
  return counts;
}

function Legend() {
  const index = useGraph((state) => state.index);
  if (index === null) return <div />;
  const counts = countPrecisions(index);
  const present = precisions.filter((precision) => counts[precision] > 0);
  return (
    <div className={styles.legend}>
      {present.map((precision) => (
        <span key={precision}>
          <PrecisionTag precision={precision} /> {formatCount(counts[precision])}
        </span>
      ))}
    </div>
  );
}
