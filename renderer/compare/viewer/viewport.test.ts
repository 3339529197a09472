import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confined, fitted, focused, largestScale, panned, pictureWidth, zoomed } from './viewport.ts';

const size = fc.record({
  width: fc.integer({ min: 40, max: 4000 }),
  height: fc.integer({ min: 40, max: 4000 }),
});
const pane = fc.record({
  width: fc.integer({ min: 60, max: 2000 }),
  height: fc.integer({ min: 60, max: 1200 }),
});

describe('viewport', () => {
  it('shows the whole image in the middle of the pane', () => {
    const view = fitted({ width: 640, height: 480 }, { width: 656, height: 496 });
    expect(view).toEqual({ scale: 1, left: 8, top: 8 });
  });

  it('keeps the point under the pointer where it is', () => {
    const image = { width: 640, height: 480 };
    const room = { width: 640, height: 480 };
    const start = zoomed(fitted(image, room), 3, 320, 240, image, room);
    const next = zoomed(start, 1.5, 300, 200, image, room);
    expect((300 - next.left) / next.scale).toBeCloseTo((300 - start.left) / start.scale);
    expect((200 - next.top) / next.scale).toBeCloseTo((200 - start.top) / start.scale);
  });

  it('never leaves the pane empty where the image could fill it, however it is zoomed and dragged', () => {
    fc.assert(
      fc.property(
        size,
        pane,
        fc.array(
          fc.tuple(fc.double({ min: 0.2, max: 5, noNaN: true }), fc.integer({ min: -900, max: 900 })),
          {
            maxLength: 12,
          },
        ),
        (image, room, moves) => {
          let view = fitted(image, room);
          const least = view.scale;
          for (const [factor, by] of moves) {
            view = panned(zoomed(view, factor, by, -by, image, room), by, by / 2, image, room);
          }
          expect(view.scale).toBeGreaterThanOrEqual(least * 0.999999);
          expect(view.scale).toBeLessThanOrEqual(largestScale);
          for (const [offset, length, whole] of [
            [view.left, image.width * view.scale, room.width],
            [view.top, image.height * view.scale, room.height],
          ] as const) {
            if (length <= whole) expect(offset).toBeCloseTo((whole - length) / 2);
            else {
              expect(offset).toBeLessThanOrEqual(0);
              expect(offset + length).toBeGreaterThanOrEqual(whole - 1e-6);
            }
          }
        },
      ),
    );
  });

  it('confines what is confined already to itself', () => {
    fc.assert(
      fc.property(size, pane, fc.double({ min: 0.1, max: 20, noNaN: true }), (image, room, scale) => {
        const once = confined({ scale, left: -50, top: 30 }, image, room);
        const twice = confined(once, image, room);
        expect(twice.scale).toBe(once.scale);
        expect(twice.left).toBeCloseTo(once.left);
        expect(twice.top).toBeCloseTo(once.top);
      }),
    );
  });

  it('brings a box in the middle of a large picture to the middle of the pane', () => {
    const room = { width: 800, height: 600 };
    const view = focused({ x1: 990, y1: 990, x2: 1010, y2: 1010 }, { width: 2000, height: 2000 }, room);
    expect(1000 * view.scale + view.left).toBeCloseTo(400);
    expect(1000 * view.scale + view.top).toBeCloseTo(300);
    expect(20 * view.scale).toBeCloseTo(200);
  });

  it('asks for no wider picture than can be seen, nor than there is', () => {
    expect(pictureWidth({ width: 4000, height: 3000 }, 0.2, 1)).toBe(1280);
    expect(pictureWidth({ width: 4000, height: 3000 }, 0.1, 1)).toBe(640);
    expect(pictureWidth({ width: 600, height: 400 }, 8, 2)).toBe(640);
    expect(pictureWidth({ width: 9000, height: 9000 }, 1, 2)).toBe(5120);
  });
});
