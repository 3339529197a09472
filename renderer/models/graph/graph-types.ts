/** A model's graph as it is drawn: nodes with a place, edges with a path, all in the graph's own units. */

import type { ResultOf } from '../../../contract/procedures/index.ts';

export type Graph = ResultOf<'models.graph'>;
export type GraphNode = Graph['nodes'][number];

export const nodeWidth = 138;
export const nodeHeight = 38;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode {
  readonly id: string;
  /** Of its upper left corner. */
  readonly x: number;
  readonly y: number;
  /** Smaller comes earlier when the graph is read from its inputs to its outputs. */
  readonly order: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** What the layout is computed from, small enough to be sent to a worker. */
export interface LayoutRequest {
  readonly nodes: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

export function layoutRequest({ nodes, edges }: Graph): LayoutRequest {
  const known = new Set(nodes.map(({ id }) => id));
  const seen = new Set<string>();
  return {
    nodes: nodes.map(({ id }) => id),
    // Two tensors between the same nodes are one line.
    edges: edges.filter(({ from, to }) => {
      const key = `${from}\n${to}`;
      if (!known.has(from) || !known.has(to) || from === to || seen.has(key)) return false;
      seen.add(key);
      return true;
    }),
  };
}
