/** The graph that is looked at: fetched, laid out, searched, with one node selected. */

import { create } from 'zustand';
import type { HostClient } from '../../../contract/procedures/index.ts';
import { type ShownFailure, shownFailure } from '../../app/project-store.ts';
import { type GraphIndex, type IndexedNode, indexGraph, searchNodes } from './graph-index.ts';
import { layoutRequest } from './graph-types.ts';
import { type RequestLayout, requestLayout } from './request-layout.ts';

export type GraphPhase = 'reading' | 'laying-out' | 'ready' | 'failed';

export interface GraphFile {
  readonly path: string;
  /** The file's hash: a file that was written anew is read anew. */
  readonly sha256: string;
}

interface GraphState {
  /** Of the model or engine whose graph it is. */
  readonly path: string | null;
  readonly phase: GraphPhase;
  readonly index: GraphIndex | null;
  readonly failure: ShownFailure | null;
  readonly selected: string | null;
  readonly query: string;
  readonly matches: readonly IndexedNode[];
  /** Shows the graph of a file; a graph on its way is given up. */
  readonly show: (client: HostClient, file: GraphFile, layOut?: RequestLayout) => Promise<void>;
  readonly select: (id: string | null) => void;
  readonly search: (query: string) => void;
  /** The match after (1) or before (-1) the selected one, selected. */
  readonly stepMatch: (step: 1 | -1) => IndexedNode | undefined;
}

/** Graphs by the hash of their file, so that going back and forth between precisions does not lay out again. */
const kept = new Map<string, GraphIndex>();
const mostKept = 6;

function keep(sha256: string, index: GraphIndex): void {
  kept.set(sha256, index);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}

export const useGraph = create<GraphState>((set, get) => {
  let present: AbortController | null = null;

  const put = (path: string, index: GraphIndex) => {
    const { selected, query } = get();
    set({
      path,
      index,
      phase: 'ready',
      failure: null,
      selected: selected !== null && index.byId.has(selected) ? selected : null,
      matches: searchNodes(index, query),
    });
  };

  return {
    path: null,
    phase: 'reading',
    index: null,
    failure: null,
    selected: null,
    query: '',
    matches: [],

    show: async (client, { path, sha256 }, layOut = requestLayout) => {
      present?.abort();
      const abort = new AbortController();
      present = abort;
      const known = kept.get(sha256);
      if (known !== undefined) return put(path, known);
      set({ path, phase: 'reading', index: null, failure: null, matches: [] });
      try {
        const graph = await client.call('models.graph', { path }, { signal: abort.signal });
        if (abort.signal.aborted) return;
        set({ phase: 'laying-out' });
        const index = indexGraph(graph, await layOut(layoutRequest(graph), abort.signal));
        if (abort.signal.aborted) return;
        keep(sha256, index);
        put(path, index);
      } catch (error) {
        if (!abort.signal.aborted) set({ phase: 'failed', failure: shownFailure(error) });
      }
    },

    select: (selected) => set({ selected }),

    search: (query) => {
      const { index } = get();
      set({ query, matches: index === null ? [] : searchNodes(index, query) });
    },

    stepMatch: (step) => {
      const { matches, selected } = get();
      if (matches.length === 0) return undefined;
      const at = matches.findIndex(({ node }) => node.id === selected);
      const next =
        at < 0 ? (step === 1 ? 0 : matches.length - 1) : (at + step + matches.length) % matches.length;
      const match = matches[next];
      if (match !== undefined) set({ selected: match.node.id });
      return match;
    },
  };
});
