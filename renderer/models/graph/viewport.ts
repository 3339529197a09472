/** Pan and zoom: how the graph's units map to pixels of the drawing. */

import { nodeHeight, nodeWidth, type Point, type Rect } from './graph-types.ts';

export interface Viewport {
  /** Pixels of a unit. */
  readonly scale: number;
  /** Pixel where the graph's origin is. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const smallestScale = 0.02;
export const largestScale = 2.5;

function clamp(scale: number): number {
  return Math.min(largestScale, Math.max(smallestScale, scale));
}

/** The whole graph, centred, not larger than life. */
export function fitView(graph: Size, canvas: Size): Viewport {
  const margin = 16;
  const scale = Math.min(
    1,
    clamp(Math.min((canvas.width - margin * 2) / graph.width, (canvas.height - margin * 2) / graph.height)),
  );
  return {
    scale,
    x: (canvas.width - graph.width * scale) / 2,
    y: (canvas.height - graph.height * scale) / 2,
  };
}

/** The first view: the whole graph where its nodes can still be told apart, else its beginning at a readable size. */
export function firstView(graph: Size, canvas: Size, first: Point | undefined): Viewport {
  const whole = fitView(graph, canvas);
  if (whole.scale >= 0.4 || first === undefined) return whole;
  const scale = 0.85;
  const fits = graph.width * scale <= canvas.width;
  return { scale, x: fits ? (canvas.width - graph.width * scale) / 2 : 0, y: 24 - first.y * scale };
}

/** Zoomed by a factor with the pixel `at` held in place. */
export function zoomAt(view: Viewport, at: Point, factor: number): Viewport {
  const scale = clamp(view.scale * factor);
  const change = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * change, y: at.y - (at.y - view.y) * change };
}

export function panBy(view: Viewport, dx: number, dy: number): Viewport {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Keeps at least a strip of the graph inside the drawing, so that it cannot get lost. */
export function keepInSight(view: Viewport, graph: Size, canvas: Size): Viewport {
  const strip = 60;
  const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return {
    scale: view.scale,
    x: within(view.x, strip - graph.width * view.scale, canvas.width - strip),
    y: within(view.y, strip - graph.height * view.scale, canvas.height - strip),
  };
}

/** A view with the node in the middle, at a size at which it can be read. */
export function viewOf(node: Point, view: Viewport, canvas: Size): Viewport {
  const scale = Math.max(view.scale, 0.8);
  return {
    scale,
    x: canvas.width / 2 - (node.x + nodeWidth / 2) * scale,
    y: canvas.height / 2 - (node.y + nodeHeight / 2) * scale,
  };
}

/** The view moved as little as possible so that the node is well inside. */
export function reveal(node: Point, view: Viewport, canvas: Size): Viewport {
  if (view.scale < 0.35) return viewOf(node, view, canvas);
  const margin = 48;
  const left = node.x * view.scale + view.x;
  const top = node.y * view.scale + view.y;
  const right = left + nodeWidth * view.scale;
  const bottom = top + nodeHeight * view.scale;
  const dx =
    left < margin ? margin - left : right > canvas.width - margin ? canvas.width - margin - right : 0;
  const dy =
    top < margin ? margin - top : bottom > canvas.height - margin ? canvas.height - margin - bottom : 0;
  return panBy(view, dx, dy);
}

export function toGraph(view: Viewport, pixel: Point): Point {
  return { x: (pixel.x - view.x) / view.scale, y: (pixel.y - view.y) / view.scale };
}

/** The part of the graph that the drawing shows. */
export function visibleRect(view: Viewport, canvas: Size): Rect {
  const { x, y } = toGraph(view, { x: 0, y: 0 });
  return { x, y, width: canvas.width / view.scale, height: canvas.height / view.scale };
}

export function overlaps(left: Rect, right: Rect): boolean {
  return (
    left.x <= right.x + right.width &&
    right.x <= left.x + left.width &&
    left.y <= right.y + right.height &&
    right.y <= left.y + left.height
  );
}

/** Between two views, `t` from 0 to 1; zoom changes evenly to the eye. */
export function between(from: Viewport, to: Viewport, t: number): Viewport {
  const scale = from.scale * (to.scale / from.scale) ** t;
  if (Math.abs(to.scale - from.scale) < 1e-9) {
    return { scale, x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
  }
  // The share of the way that keeps the point which both views share in place.
  const share = (scale - from.scale) / (to.scale - from.scale);
  return { scale, x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
