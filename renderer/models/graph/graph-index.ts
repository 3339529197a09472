/** Answers questions about a placed graph quickly: which node is where, what comes before and after, which match. */

import {
  type Graph,
  type GraphLayout,
  type GraphNode,
  nodeHeight,
  nodeWidth,
  type Point,
  type Rect,
} from './graph-types.ts';

export interface IndexedNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly order: number;
  /** Ids, from left to right. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface IndexedEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  readonly bounds: Rect;
}

export interface GraphIndex {
  readonly width: number;
  readonly height: number;
  /** In reading order: from inputs to outputs, then from left to right. */
  readonly nodes: readonly IndexedNode[];
  readonly byId: ReadonlyMap<string, IndexedNode>;
  readonly edges: readonly IndexedEdge[];
}

function boundsOf(points: readonly Point[]): Rect {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function indexGraph(graph: Graph, layout: GraphLayout): GraphIndex {
  const places = new Map(layout.nodes.map((placed) => [placed.id, placed]));
  const before = new Map<string, Set<string>>();
  const after = new Map<string, Set<string>>();
  const put = (map: Map<string, Set<string>>, key: string, value: string) => {
    const present = map.get(key);
    if (present === undefined) map.set(key, new Set([value]));
    else present.add(value);
  };
  for (const { from, to } of layout.edges) {
    put(after, from, to);
    put(before, to, from);
  }
  const leftToRight = (ids: Iterable<string>) =>
    [...ids].sort((left, right) => (places.get(left)?.x ?? 0) - (places.get(right)?.x ?? 0));
  const nodes = graph.nodes.flatMap((node): IndexedNode[] => {
    const place = places.get(node.id);
    if (place === undefined) return [];
    return [
      {
        node,
        x: place.x,
        y: place.y,
        order: place.order,
        before: leftToRight(before.get(node.id) ?? []),
        after: leftToRight(after.get(node.id) ?? []),
      },
    ];
  });
  nodes.sort((left, right) => left.order - right.order || left.x - right.x);
  return {
    width: layout.width,
    height: layout.height,
    nodes,
    byId: new Map(nodes.map((entry) => [entry.node.id, entry])),
    edges: layout.edges
      .filter(({ points }) => points.length > 1)
      .map(({ from, to, points }) => ({ from, to, points, bounds: boundsOf(points) })),
  };
}

/** The node under a point of the graph. */
export function nodeAt(index: GraphIndex, { x, y }: Point): IndexedNode | undefined {
  return index.nodes.find(
    (entry) => x >= entry.x && x <= entry.x + nodeWidth && y >= entry.y && y <= entry.y + nodeHeight,
  );
}

function distance(left: IndexedNode, right: IndexedNode): number {
  return Math.hypot(left.x - right.x, (left.y - right.y) * 2);
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * The node that an arrow key leads to: up and down along the edges (the straightest one), left and right to the
 * neighbour of about the same height; where there is none, the next one in reading order that way.
 */
export function neighbour(index: GraphIndex, id: string, direction: Direction): IndexedNode | undefined {
  const present = index.byId.get(id);
  if (present === undefined) return index.nodes[0];
  const straightest = (ids: readonly string[]) =>
    ids
      .flatMap((other) => index.byId.get(other) ?? [])
      .sort((left, right) => Math.abs(left.x - present.x) - Math.abs(right.x - present.x))[0];
  if (direction === 'down' || direction === 'up') {
    const along = straightest(direction === 'down' ? present.after : present.before);
    if (along !== undefined) return along;
    const at = index.nodes.indexOf(present);
    return index.nodes[direction === 'down' ? at + 1 : at - 1];
  }
  const sign = direction === 'right' ? 1 : -1;
  return index.nodes
    .filter(
      (entry) =>
        entry !== present &&
        (entry.x - present.x) * sign > 0 &&
        Math.abs(entry.y - present.y) < nodeHeight * 2,
    )
    .sort((left, right) => distance(left, present) - distance(right, present))[0];
}

/**
 * Nodes whose operator and name hold all words of the query, in reading order; where there are none, those that read or
 * write such a tensor.
 */
export function searchNodes(index: GraphIndex, query: string): readonly IndexedNode[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const holdingAll = (textsOf: (node: GraphNode) => readonly string[]) =>
    index.nodes.filter(({ node }) => {
      const text = textsOf(node).join('\n').toLowerCase();
      return words.every((word) => text.includes(word));
    });
  const named = holdingAll(({ operator, name }) => [operator, name]);
  return named.length > 0 ? named : holdingAll(({ inputs, outputs }) => [...inputs, ...outputs]);
}
