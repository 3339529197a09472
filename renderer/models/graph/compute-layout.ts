/** Lays a graph out in ranks from top to bottom, inputs first. */

import { Graph, layout } from '@dagrejs/dagre';
import { foldLayout } from './fold-layout.ts';
import { type GraphLayout, type LayoutRequest, nodeHeight, nodeWidth } from './graph-types.ts';

/** Above this many nodes the exact ranking of network simplex takes too long. */
const exactRanking = 2_000;

export function computeLayout({ nodes, edges }: LayoutRequest): GraphLayout {
  const graph = new Graph();
  graph.setGraph({
    rankdir: 'TB',
    nodesep: 26,
    ranksep: 30,
    marginx: 24,
    marginy: 24,
    ranker: nodes.length > exactRanking ? 'longest-path' : 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes) graph.setNode(id, { width: nodeWidth, height: nodeHeight });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return foldLayout({
    width,
    height,
    nodes: nodes.map((id) => {
      const { x, y } = graph.node(id);
      return { id, x: (x ?? 0) - nodeWidth / 2, y: (y ?? 0) - nodeHeight / 2, order: y ?? 0 };
    }),
    edges: edges.map(({ from, to }) => ({ from, to, points: graph.edge(from, to).points ?? [] })),
  });
}
