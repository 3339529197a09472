/** Moves the view of the graph: by hand at once, by command in a short flight, which reduced motion skips. */

import { type RefObject, useCallback, useMemo, useRef } from 'react';
import type { GraphIndex } from './graph-index.ts';
import type { Point } from './graph-types.ts';
import {
  between,
  firstView,
  fitView,
  keepInSight,
  panBy,
  reveal,
  type Size,
  type Viewport,
  viewOf,
  zoomAt,
} from './viewport.ts';

export interface Camera {
  readonly view: RefObject<Viewport>;
  readonly canvas: RefObject<Size>;
  readonly pan: (dx: number, dy: number) => void;
  /** About a pixel of the drawing, its middle by default. */
  readonly zoom: (factor: number, at?: Point) => void;
  readonly fit: () => void;
  /** The first view of a graph that has just come. */
  readonly start: () => void;
  /** Brings a node into view, moving as little as possible, or into the middle. */
  readonly reveal: (node: Point, center?: boolean) => void;
}

const flightMs = 220;

/** @param onChange draws the graph anew */
export function useCamera(index: GraphIndex | null, onChange: () => void): Camera {
  const view = useRef<Viewport>({ scale: 1, x: 0, y: 0 });
  const canvas = useRef<Size>({ width: 0, height: 0 });
  const flight = useRef(0);

  const put = useCallback(
    (next: Viewport) => {
      view.current = index === null ? next : keepInSight(next, index, canvas.current);
      onChange();
    },
    [index, onChange],
  );
  const fly = useCallback(
    (to: Viewport) => {
      cancelAnimationFrame(flight.current);
      if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return put(to);
      const from = view.current;
      const begun = performance.now();
      const step = (now: number) => {
        const t = Math.min(1, (now - begun) / flightMs);
        put(between(from, to, 1 - (1 - t) ** 3));
        if (t < 1) flight.current = requestAnimationFrame(step);
      };
      flight.current = requestAnimationFrame(step);
    },
    [put],
  );

  return useMemo(
    () => ({
      view,
      canvas,
      pan: (dx, dy) => {
        cancelAnimationFrame(flight.current);
        put(panBy(view.current, dx, dy));
      },
      zoom: (factor, at) => {
        cancelAnimationFrame(flight.current);
        const middle = { x: canvas.current.width / 2, y: canvas.current.height / 2 };
        const next = zoomAt(view.current, at ?? middle, factor);
        if (at === undefined) fly(next);
        else put(next);
      },
      fit: () => {
        if (index !== null) fly(fitView(index, canvas.current));
      },
      start: () => {
        if (index !== null) put(firstView(index, canvas.current, index.nodes[0]));
      },
      reveal: (node, center = false) => {
        fly(center ? viewOf(node, view.current, canvas.current) : reveal(node, view.current, canvas.current));
      },
    }),
    [index, put, fly],
  );
}
