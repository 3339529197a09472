/**
 * Folds a tall layout into columns, read like those of a newspaper: detectors are hundreds of ranks deep and a few
 * nodes wide, and would be a hair line when seen whole.
 */

import { type GraphLayout, nodeHeight, nodeWidth, type PlacedEdge, type Point } from './graph-types.ts';

const gap = 70;
/** Width to height that a folded layout aims at: about that of the drawing. */
const wantedAspect = 1.8;

/** Fewest columns that can bring the layout to the wanted aspect, were all as wide as the widest part. */
function fewestColumns({ width, height }: Pick<GraphLayout, 'width' | 'height'>): number {
  return Math.max(1, Math.round(Math.sqrt((wantedAspect * height) / (width + gap))));
}

/** Heights at which columns may begin: halfway between two ranks, close to even parts. */
function columnStarts(layout: GraphLayout, count: number): readonly number[] {
  const tops = [...new Set(layout.nodes.map(({ y }) => y))].sort((left, right) => left - right);
  const between = tops.flatMap((top, at) => {
    const next = tops[at + 1];
    return next === undefined || next - top < nodeHeight ? [] : [(top + nodeHeight + next) / 2];
  });
  const starts = [0];
  for (let column = 1; column < count; column += 1) {
    const wanted = (layout.height * column) / count;
    const nearest = between.reduce(
      (best, candidate) => (Math.abs(candidate - wanted) < Math.abs(best - wanted) ? candidate : best),
      Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(nearest) && nearest > (starts[starts.length - 1] ?? 0)) starts.push(nearest);
  }
  return starts;
}

/** Points of an edge in pieces, one for each column that it passes. */
function splitEdge(
  points: readonly Point[],
  starts: readonly number[],
  columnOf: (y: number) => number,
): readonly (readonly Point[])[] {
  const pieces: Point[][] = [[]];
  const last = () => pieces[pieces.length - 1] ?? [];
  points.forEach((point, at) => {
    const before = points[at - 1];
    if (before !== undefined && columnOf(before.y) !== columnOf(point.y)) {
      const down = point.y > before.y;
      const crossed = starts.filter(
        (start) => start > Math.min(before.y, point.y) && start <= Math.max(before.y, point.y),
      );
      for (const start of down ? crossed : crossed.reverse()) {
        const share = (start - before.y) / (point.y - before.y);
        const x = before.x + (point.x - before.x) * share;
        // Just above the cut it ends in one column, just below it goes on in the next.
        last().push({ x, y: start + (down ? -0.5 : 0.5) });
        pieces.push([{ x, y: start + (down ? 0.5 : -0.5) }]);
      }
    }
    last().push(point);
  });
  return pieces.filter((piece) => piece.length > 1);
}

/** The layout in as many columns as bring it to the shape of the drawing; as it is when it has that shape already. */
export function foldLayout(layout: GraphLayout): GraphLayout {
  const fewest = fewestColumns(layout);
  if (fewest === 1) return layout;
  // Columns are mostly narrower than the widest part, so that more of them may fit.
  const misfit = ({ width, height }: GraphLayout) => Math.abs(Math.log(width / height / wantedAspect));
  let best = layout;
  for (let count = 2; count <= fewest * 3; count += 1) {
    const folded = foldInto(layout, count);
    if (misfit(folded) < misfit(best)) best = folded;
  }
  return best;
}

export function foldInto(layout: GraphLayout, count: number): GraphLayout {
  const starts = columnStarts(layout, count);
  const columnOf = (y: number) => {
    let column = 0;
    while (column + 1 < starts.length && y >= (starts[column + 1] ?? Number.POSITIVE_INFINITY)) column += 1;
    return column;
  };
  // Each column is as wide as what stands in it.
  const spans = starts.map(() => ({ left: Number.POSITIVE_INFINITY, right: Number.NEGATIVE_INFINITY }));
  const widen = (y: number, left: number, right: number) => {
    const span = spans[columnOf(y)];
    if (span === undefined) return;
    span.left = Math.min(span.left, left);
    span.right = Math.max(span.right, right);
  };
  for (const { x, y } of layout.nodes) widen(y, x, x + nodeWidth);
  const pieces = layout.edges.flatMap((edge): PlacedEdge[] =>
    splitEdge(edge.points, starts, columnOf).map((points) => ({ ...edge, points })),
  );
  for (const { points } of pieces) for (const { x, y } of points) widen(y, x, x);
  const offsets: number[] = [];
  let width = gap / 2;
  for (const { left, right } of spans) {
    offsets.push(width - left);
    width += right - left + gap;
  }
  const margin = 24;
  const move = ({ x, y }: Point, column: number): Point => ({
    x: x + (offsets[column] ?? 0),
    y: y - (starts[column] ?? 0) + (column === 0 ? 0 : margin),
  });
  const heights = starts.map((start, column) => (starts[column + 1] ?? layout.height) - start);
  return {
    width: width - gap / 2,
    height: Math.max(...heights) + margin,
    nodes: layout.nodes.map((node) => ({ ...node, ...move(node, columnOf(node.y)) })),
    edges: pieces.map((edge) => {
      const column = columnOf(edge.points[0]?.y ?? 0);
      return { ...edge, points: edge.points.map((point) => move(point, column)) };
    }),
  };
}
