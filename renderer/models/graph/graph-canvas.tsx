/** The drawing of the graph and the hands on it: drag, wheel, click and keyboard. */

import { type KeyboardEvent, type PointerEvent, useCallback, useEffect, useMemo, useRef } from 'react';
import { drawGraph } from './draw-graph.ts';
import styles from './graph.module.css';
import { useGraphColors } from './graph-colors.ts';
import { type Direction, type GraphIndex, type IndexedNode, neighbour, nodeAt } from './graph-index.ts';
import { useGraph } from './graph-store.ts';
import type { Camera } from './use-camera.ts';
import { toGraph } from './viewport.ts';

export interface GraphCanvasProps {
  readonly name: string;
  readonly index: GraphIndex;
  readonly camera: Camera;
  /** Set by the canvas: draws anew in the next frame. */
  readonly redraw: { current: () => void };
  readonly onSearch: () => void;
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** What a screen reader hears of the selected node. */
export function describeNode(index: GraphIndex, entry: IndexedNode | undefined): string {
  if (entry === undefined) return '';
  const { node, after } = entry;
  const next = after.flatMap((id) => index.byId.get(id)?.node.operator ?? []);
  const precision = node.precision === null ? '' : `, ${node.precision}`;
  const leads = next.length === 0 ? 'an output of the model' : `leads to ${next.join(', ')}`;
  return `${node.operator} ${node.name}${precision}, node ${index.nodes.indexOf(entry) + 1} of ${index.nodes.length}, ${leads}`;
}

/** Draws whenever something that is seen has changed, at most once a frame. */
function useDrawing({ index, camera, redraw }: Pick<GraphCanvasProps, 'index' | 'camera' | 'redraw'>) {
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hovered = useRef<string | null>(null);
  const frame = useRef(0);
  const colors = useGraphColors();
  const selected = useGraph((state) => state.selected);
  const query = useGraph((state) => state.query);
  const found = useGraph((state) => state.matches);
  const matches = useMemo(
    () => (query.trim() === '' ? null : new Set(found.map(({ node }) => node.id))),
    [query, found],
  );

  const draw = useCallback(() => {
    const context = canvas.current?.getContext('2d') ?? null;
    if (context === null || colors === null) return;
    drawGraph(context, {
      index,
      view: camera.view.current,
      canvas: camera.canvas.current,
      colors,
      emphasis: { selected, hovered: hovered.current, matches },
      pixelRatio: window.devicePixelRatio,
    });
  }, [index, camera, colors, selected, matches]);

  const schedule = useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(draw);
  }, [draw]);

  useEffect(() => {
    redraw.current = schedule;
    schedule();
    return () => cancelAnimationFrame(frame.current);
  }, [redraw, schedule]);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      const first = camera.canvas.current.width === 0;
      camera.canvas.current = { width, height };
      if (canvas.current !== null) {
        canvas.current.width = Math.round(width * window.devicePixelRatio);
        canvas.current.height = Math.round(height * window.devicePixelRatio);
      }
      if (first) {
        camera.start();
        return;
      }
      // At once, because a resized canvas is empty.
      redraw.current();
      const { selected: id, index: shown } = useGraph.getState();
      const entry = id === null ? undefined : shown?.byId.get(id);
      // The details that have opened beside the drawing must not hide what they are about.
      if (entry !== undefined) camera.reveal(entry);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [camera, redraw]);

  return { holder, canvas, hovered, schedule };
}

/** Dragging pans, a click without dragging selects, the pointer's node is marked. */
function usePointer(
  { index, camera }: Pick<GraphCanvasProps, 'index' | 'camera'>,
  hovered: { current: string | null },
  schedule: () => void,
) {
  const select = useGraph((state) => state.select);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const nodeUnder = (event: PointerEvent<HTMLElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return nodeAt(index, toGraph(camera.view.current, { x: event.clientX - left, y: event.clientY - top }));
  };
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      drag.current = { x: event.clientX, y: event.clientY, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const present = drag.current;
      if (present === null) {
        const under = nodeUnder(event)?.node.id ?? null;
        event.currentTarget.style.cursor = under === null ? 'grab' : 'pointer';
        if (under === hovered.current) return;
        hovered.current = under;
        schedule();
        return;
      }
      const [dx, dy] = [event.clientX - present.x, event.clientY - present.y];
      if (!present.moved && Math.hypot(dx, dy) < 4) return;
      event.currentTarget.style.cursor = 'grabbing';
      drag.current = { x: event.clientX, y: event.clientY, moved: true };
      camera.pan(dx, dy);
    },
    onPointerUp: (event: PointerEvent<HTMLElement>) => {
      const clicked = drag.current !== null && !drag.current.moved;
      drag.current = null;
      event.currentTarget.style.cursor = '';
      if (clicked) select(nodeUnder(event)?.node.id ?? null);
    },
    onPointerLeave: () => {
      hovered.current = null;
      schedule();
    },
    onPointerCancel: () => {
      drag.current = null;
    },
  };
}

function useKeys({ index, camera, onSearch }: Pick<GraphCanvasProps, 'index' | 'camera' | 'onSearch'>) {
  const select = useGraph((state) => state.select);
  return (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = arrows[event.key];
    if (direction !== undefined) {
      if (event.shiftKey) {
        const step = 80;
        const [dx, dy] = { up: [0, step], down: [0, -step], left: [step, 0], right: [-step, 0] }[
          direction
        ] as [number, number];
        camera.pan(dx, dy);
      } else {
        const { selected } = useGraph.getState();
        const next = selected === null ? index.nodes[0] : neighbour(index, selected, direction);
        if (next !== undefined) {
          select(next.node.id);
          camera.reveal(next);
        }
      }
    } else if (event.key === '+' || event.key === '=') camera.zoom(1.3);
    else if (event.key === '-') camera.zoom(1 / 1.3);
    else if (event.key === '0' || event.key === 'f') camera.fit();
    else if (event.key === '/') onSearch();
    else if (event.key === 'Escape') select(null);
    else if (event.key === 'Home' || event.key === 'End') {
      const edge = event.key === 'Home' ? index.nodes[0] : index.nodes[index.nodes.length - 1];
      if (edge !== undefined) {
        select(edge.node.id);
        camera.reveal(edge);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

export function GraphCanvas({ name, index, camera, redraw, onSearch }: GraphCanvasProps) {
  const { holder, canvas, hovered, schedule } = useDrawing({ index, camera, redraw });
  const pointer = usePointer({ index, camera }, hovered, schedule);
  const onKeyDown = useKeys({ index, camera, onSearch });
  const selected = useGraph((state) =>
    state.selected === null ? undefined : index.byId.get(state.selected),
  );

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    // Not by React, whose wheel listeners may not keep the page from scrolling.
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 18 : 1;
      if (event.ctrlKey || event.metaKey) {
        const { left, top } = element.getBoundingClientRect();
        const at = { x: event.clientX - left, y: event.clientY - top };
        camera.zoom(Math.exp((-event.deltaY * unit) / 240), at);
      } else if (event.shiftKey) camera.pan(-event.deltaY * unit, 0);
      else camera.pan(-event.deltaX * unit, -event.deltaY * unit);
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [holder, camera]);

  return (
    <div
      ref={holder}
      className={styles.canvasHolder}
      role="application"
      aria-roledescription="graph"
      aria-label={`Graph of ${name}, ${index.nodes.length} nodes`}
      aria-describedby="graph-keys"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the keyboard itself
      tabIndex={0}
      onKeyDown={onKeyDown}
      {...pointer}
    >
      <canvas ref={canvas} className={styles.canvas} />
      <p id="graph-keys" className={styles.unseen}>
        Arrow keys go from node to node, Shift and arrows move the view, plus and minus zoom, 0 fits, slash
        searches.
      </p>
      <p className={styles.unseen} aria-live="polite">
        {describeNode(index, selected)}
      </p>
    </div>
  );
}
