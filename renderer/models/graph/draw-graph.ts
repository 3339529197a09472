/** Draws the visible part of the graph on a canvas: less detail the further away, colour only for precisions. */

import type { Precision } from '../../design/index.ts';
import type { GraphIndex, IndexedNode } from './graph-index.ts';
import { nodeHeight, nodeWidth, type Point } from './graph-types.ts';
import { overlaps, type Size, type Viewport, visibleRect } from './viewport.ts';

/** Colours as the style sheet has them at present. */
export interface GraphColors {
  readonly ink: string;
  readonly soft: string;
  readonly lineStrong: string;
  readonly raised: string;
  readonly sunken: string;
  readonly focus: string;
  readonly fill: Readonly<Record<Precision, string>>;
  readonly back: Readonly<Record<Precision, string>>;
  readonly font: string;
}

export interface Emphasis {
  readonly selected: string | null;
  readonly hovered: string | null;
  /** Ids of the nodes that match the search; null without one. */
  readonly matches: ReadonlySet<string> | null;
}

/** Nodes of these carry weights: they are what a model spends its time in. */
const heavyOperators = new Set([
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'QLinearConv',
  'QLinearMatMul',
  'ConvInteger',
  'FusedConv',
]);
/** Below this scale a node is a plain block. */
const textScale = 0.42;
/** From this scale on a node has a second line. */
const detailScale = 0.7;

/** The second line of a node: the shape of its first constant, else where it stands by its name. */
export function secondLine({ node }: IndexedNode): string {
  const [constant] = node.constants;
  if (constant !== undefined) {
    const shape = /\S*\d+(x\d+)+\S*/.exec(constant)?.[0];
    if (shape !== undefined) return shape.split('x').join('×');
  }
  const parts = node.name.split('/').filter((part) => part !== '');
  // Exporters end names with the operator, which stands above already.
  const last = parts[parts.length - 1];
  if (last !== undefined && last.replace(/_\d+$/, '') === node.operator && parts.length > 1) parts.pop();
  return parts.slice(-2).join('/');
}

function clip(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let end = text.length;
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** Clipped second lines, measured once. */
const clipped = new Map<string, string>();

function clippedOnce(context: CanvasRenderingContext2D, text: string, width: number): string {
  const key = `${context.font}|${width}|${text}`;
  const known = clipped.get(key);
  if (known !== undefined) return known;
  if (clipped.size > 20_000) clipped.clear();
  const short = clip(context, text, width);
  clipped.set(key, short);
  return short;
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  const [first, ...rest] = points;
  if (first === undefined) return;
  context.moveTo(first.x, first.y);
  rest.forEach((point, at) => {
    const next = rest[at + 1];
    if (next === undefined) context.lineTo(point.x, point.y);
    else context.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
  });
}

function drawEdges(
  context: CanvasRenderingContext2D,
  index: GraphIndex,
  seen: ReturnType<typeof visibleRect>,
  scale: number,
  colors: GraphColors,
  selected: string | null,
): void {
  const strong: GraphIndex['edges'][number][] = [];
  context.beginPath();
  for (const edge of index.edges) {
    if (!overlaps(edge.bounds, seen)) continue;
    if (edge.from === selected || edge.to === selected) strong.push(edge);
    else trace(context, edge.points);
  }
  // Never thinner than a visible line, however far away.
  context.lineWidth = Math.max(1, 0.7 / scale);
  context.strokeStyle = colors.lineStrong;
  context.stroke();
  context.beginPath();
  for (const { points } of strong) trace(context, points);
  context.lineWidth = Math.max(2, 1.6 / scale);
  context.strokeStyle = colors.ink;
  context.stroke();
}

function box(context: CanvasRenderingContext2D, x: number, y: number, inset = 0): void {
  const radius = 4;
  const [left, top] = [x + inset, y + inset];
  const [right, bottom] = [x + nodeWidth - inset, y + nodeHeight - inset];
  context.beginPath();
  context.moveTo(left + radius, top);
  context.arcTo(right, top, right, bottom, radius);
  context.arcTo(right, bottom, left, bottom, radius);
  context.arcTo(left, bottom, left, top, radius);
  context.arcTo(left, top, right, top, radius);
  context.closePath();
}

function drawNode(
  context: CanvasRenderingContext2D,
  entry: IndexedNode,
  scale: number,
  colors: GraphColors,
  emphasis: Emphasis,
): void {
  const { node, x, y } = entry;
  const heavy = heavyOperators.has(node.operator);
  const matched = emphasis.matches?.has(node.id) === true;
  context.globalAlpha = emphasis.matches !== null && !matched && node.id !== emphasis.selected ? 0.35 : 1;

  const near = scale >= textScale;
  box(context, x, y);
  if (node.precision !== null)
    context.fillStyle = near ? colors.back[node.precision] : colors.fill[node.precision];
  else if (near) context.fillStyle = heavy ? colors.sunken : colors.raised;
  else context.fillStyle = heavy ? colors.soft : colors.lineStrong;
  context.fill();
  if (near) {
    context.lineWidth = heavy ? 1.5 : 1;
    context.strokeStyle =
      node.precision !== null ? colors.fill[node.precision] : heavy ? colors.soft : colors.lineStrong;
    // A node that stays in float for a reason of the plan is dashed, so that colour is not alone.
    context.setLineDash(node.reason === null ? [] : [4, 3]);
    context.stroke();
    context.setLineDash([]);
    drawTexts(context, entry, scale, colors, heavy);
  }
  context.globalAlpha = 1;
  if (matched || node.id === emphasis.hovered || node.id === emphasis.selected) {
    box(context, x, y, -3);
    context.lineWidth = Math.max(2, (node.id === emphasis.selected ? 2.5 : 1.5) / scale);
    context.strokeStyle = node.id === emphasis.selected ? colors.focus : matched ? colors.ink : colors.soft;
    context.stroke();
  }
}

function drawTexts(
  context: CanvasRenderingContext2D,
  entry: IndexedNode,
  scale: number,
  colors: GraphColors,
  heavy: boolean,
): void {
  const { node, x, y } = entry;
  const detailed = scale >= detailScale;
  const inside = nodeWidth - 16;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = colors.ink;
  context.font = `${heavy ? 600 : 500} 12.5px ${colors.font}`;
  const center = x + nodeWidth / 2;
  context.fillText(clippedOnce(context, node.operator, inside), center, y + (detailed ? 13 : nodeHeight / 2));
  if (!detailed) return;
  context.fillStyle = colors.soft;
  context.font = `400 10px ${colors.font}`;
  context.fillText(clippedOnce(context, secondLine(entry), inside), center, y + 27);
}

export interface GraphPicture {
  readonly index: GraphIndex;
  readonly view: Viewport;
  readonly canvas: Size;
  readonly colors: GraphColors;
  readonly emphasis: Emphasis;
  readonly pixelRatio: number;
}

/** @returns how many nodes were drawn */
export function drawGraph(context: CanvasRenderingContext2D, picture: GraphPicture): number {
  const { index, view, canvas, colors, emphasis, pixelRatio } = picture;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(
    view.scale * pixelRatio,
    0,
    0,
    view.scale * pixelRatio,
    view.x * pixelRatio,
    view.y * pixelRatio,
  );
  const seen = visibleRect(view, canvas);
  drawEdges(context, index, seen, view.scale, colors, emphasis.selected);
  let drawn = 0;
  for (const entry of index.nodes) {
    const { x, y } = entry;
    if (!overlaps({ x, y, width: nodeWidth, height: nodeHeight }, seen)) continue;
    drawNode(context, entry, view.scale, colors, emphasis);
    drawn += 1;
  }
  return drawn;
}
