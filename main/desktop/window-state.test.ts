/** A saved window comes back where it was, but never where it cannot be reached. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialSize, windowBounds } from './window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const saved = { x: 100, y: 50, width: 1200, height: 800, maximized: false };

describe('windowBounds', () => {
  it('is the initial size without a saved state, smaller on a small screen', () => {
    expect(windowBounds(undefined, [screen])).toEqual(initialSize);
    expect(windowBounds(undefined, [{ ...screen, width: 1280, height: 720 }])).toEqual({
      width: 1280,
      height: 720,
    });
  });

  it('is what was saved', () => {
    expect(windowBounds(saved, [screen])).toEqual({ x: 100, y: 50, width: 1200, height: 800 });
  });

  it.each([
    ['on a screen that is gone', { ...saved, x: 2500 }],
    ['above all screens', { ...saved, y: -400 }],
    ['below all screens', { ...saved, y: 1030 }],
    ['left of all screens', { ...saved, x: -1190 }],
  ])('keeps the size and lets the system place a window %s', (_name, state) => {
    expect(windowBounds(state, [screen])).toEqual({ width: 1200, height: 800 });
  });

  it('a second screen counts', () => {
    const second = { x: 1920, y: 0, width: 1920, height: 1040 };
    expect(windowBounds({ ...saved, x: 2500 }, [screen, second])).toMatchObject({ x: 2500 });
  });

  it('always fits on a screen and can be caught', () => {
    const number = fc.integer({ min: -5000, max: 5000 });
    const size = fc.integer({ min: 1, max: 9000 });
    fc.assert(
      fc.property(number, number, size, size, (x, y, width, height) => {
        const bounds = windowBounds({ x, y, width, height, maximized: false }, [screen]);
        expect(bounds.width).toBeLessThanOrEqual(screen.width);
        expect(bounds.height).toBeLessThanOrEqual(screen.height);
        if (bounds.y !== undefined) {
          expect(bounds.y).toBeGreaterThanOrEqual(0);
          expect(bounds.y).toBeLessThan(screen.height);
        }
      }),
    );
  });
});
