/** Zoom and pan of the stage by wheel, drag and keyboard, the same for all of its panes. */

import {
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useSize } from '../use-size.ts';
import { confined, fitted, focused, panned, type Size, type Viewport, zoomed } from './viewport.ts';

export interface StageViewport {
  readonly viewport: Viewport;
  readonly pane: Size;
  zoom(factor: number): void;
  fit(): void;
  focus(box: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }): void;
  readonly handlers: {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(event: PointerEvent): void;
    onKeyDown(event: KeyboardEvent): void;
  };
}

const step = 60;

/**
 * `stage` is listened to, `measured` is one of its panes; `layout` changes when the panes are laid out anew. Another
 * `image` starts from the whole picture.
 */
export function useViewport(
  stage: RefObject<HTMLElement | null>,
  measured: RefObject<HTMLElement | null>,
  image: Size,
  imageKey: string,
  layout: string,
): StageViewport {
  const pane = useSize(measured, layout);
  /** Null shows the whole picture, whatever the size of the pane. */
  const [chosen, setChosen] = useState<Viewport | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture or layout starts from the whole
  useEffect(() => setChosen(null), [imageKey]);

  const viewport = useMemo(
    () => (chosen === null ? fitted(image, pane) : confined(chosen, image, pane)),
    [chosen, image, pane],
  );
  const present = useRef({ viewport, image, pane });
  present.current = { viewport, image, pane };

  const zoomAt = useCallback((factor: number, x: number, y: number) => {
    const { viewport, image, pane } = present.current;
    setChosen(zoomed(viewport, factor, x, y, image, pane));
  }, []);
  const zoom = useCallback(
    (factor: number) => zoomAt(factor, present.current.pane.width / 2, present.current.pane.height / 2),
    [zoomAt],
  );
  const fit = useCallback(() => setChosen(null), []);
  const pan = useCallback((dx: number, dy: number) => {
    const { viewport, image, pane } = present.current;
    setChosen(panned(viewport, dx, dy, image, pane));
  }, []);

  // React listens to wheels passively, which cannot keep the page from scrolling.
  useEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const over = event.target instanceof Element ? event.target.closest('[data-pane]') : null;
      const bounds = (over ?? element).getBoundingClientRect();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const factor = Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) / 360);
      zoomAt(factor, event.clientX - bounds.left, event.clientY - bounds.top);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [stage, zoomAt]);

  const drag = useRef<{ readonly id: number; x: number; y: number } | null>(null);
  const handlers = useMemo(
    () => ({
      onPointerDown(event: PointerEvent) {
        if (event.button !== 0) return;
        drag.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove(event: PointerEvent) {
        const from = drag.current;
        if (from === null || from.id !== event.pointerId) return;
        pan(event.clientX - from.x, event.clientY - from.y);
        from.x = event.clientX;
        from.y = event.clientY;
      },
      onPointerUp(event: PointerEvent) {
        if (drag.current?.id === event.pointerId) drag.current = null;
      },
      onKeyDown(event: KeyboardEvent) {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const moves: Readonly<Record<string, () => void>> = {
          ArrowLeft: () => pan(step, 0),
          ArrowRight: () => pan(-step, 0),
          ArrowUp: () => pan(0, step),
          ArrowDown: () => pan(0, -step),
          '+': () => zoom(1.25),
          '=': () => zoom(1.25),
          '-': () => zoom(0.8),
          '0': fit,
        };
        const move = moves[event.key];
        if (move === undefined) return;
        event.preventDefault();
        move();
      },
    }),
    [fit, pan, zoom],
  );

  const focus = useCallback<StageViewport['focus']>((box) => {
    const { image, pane } = present.current;
    setChosen(focused(box, image, pane));
  }, []);
  return { viewport, pane, zoom, fit, focus, handlers };
}
