/** Where a window was and how large, kept from one start to the next and never off the screen. */

import { z } from 'zod';

const pixels = z.number().int();

export const windowStateSchema = z.object({
  x: pixels,
  y: pixels,
  width: pixels.positive(),
  height: pixels.positive(),
  maximized: z.boolean(),
});

export type WindowState = z.infer<typeof windowStateSchema>;

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Below this no place of the window is usable. */
export const smallestSize = { width: 900, height: 600 } as const;
export const initialSize = { width: 1440, height: 900 } as const;

/** How much of the title bar must be on a screen for the window to be caught with a mouse. */
const visiblePixels = 80;

function overlap(from: number, size: number, otherFrom: number, otherSize: number): number {
  return Math.min(from + size, otherFrom + otherSize) - Math.max(from, otherFrom);
}

/**
 * Bounds for a new window. A saved place counts only while enough of its upper edge lies on one of the work areas:
 * a screen may have been unplugged. Without a place the window system chooses one.
 */
export function windowBounds(
  saved: WindowState | undefined,
  workAreas: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  const largest = workAreas.reduce(
    (best, area) => ({ width: Math.max(best.width, area.width), height: Math.max(best.height, area.height) }),
    { width: 0, height: 0 },
  );
  const shrunk = (size: { width: number; height: number }) => ({
    width: Math.min(size.width, largest.width || size.width),
    height: Math.min(size.height, largest.height || size.height),
  });
  if (!saved) return shrunk(initialSize);
  const size = shrunk(saved);
  const reachable = workAreas.some(
    (area) =>
      overlap(saved.x, size.width, area.x, area.width) >= visiblePixels &&
      saved.y >= area.y &&
      saved.y <= area.y + area.height - visiblePixels,
  );
  return reachable ? { ...size, x: saved.x, y: saved.y } : size;
}
