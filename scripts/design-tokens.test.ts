/** The colours of the window: alike in both ways to be dark, alike in window and report, readable everywhere. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { styleSheet } from '../core/conversion/report-html/style.ts';

const tokens = readFileSync(join(import.meta.dirname, '..', 'renderer', 'design', 'tokens.css'), 'utf8');

/** Custom properties of the first block after `start`. */
function block(css: string, start: string): ReadonlyMap<string, string> {
  const from = css.indexOf('{', css.indexOf(start) + start.length - 1);
  const body = css.slice(from + 1, css.indexOf('}', from));
  return new Map(
    [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value.trim()]),
  );
}

const light = block(tokens, ':root {');
const dark = block(tokens, ':root[data-theme="dark"] {');
const darkBySystem = block(tokens, ':root:not([data-theme="light"]) {');
const reportLight = block(styleSheet, ':root {');
const reportDark = block(styleSheet.slice(styleSheet.indexOf('prefers-color-scheme: dark')), ':root {');

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** By WCAG 2. */
function contrast(left: string, right: string): number {
  const [bright = 0, dim = 0] = [luminance(left), luminance(right)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

const precisions = ['fp32', 'fp16', 'int8'];

describe('the colours of the window', () => {
  it('are the same whether the system or the user asks for dark', () => {
    expect(dark.size).toBeGreaterThan(30);
    expect([...darkBySystem]).toEqual([...dark]);
  });

  it('are those of report.html for every precision', () => {
    for (const precision of precisions) {
      for (const [own, report] of [
        [light, reportLight],
        [dark, reportDark],
      ] as const) {
        expect(own.get(`precision-${precision}`)).toBe(report.get(precision));
        expect(own.get(`precision-${precision}-text`)).toBe(report.get(`${precision}-text`));
      }
    }
  });

  describe.each([
    ['light', light],
    ['dark', dark],
  ])('in the %s theme', (_, theme) => {
    const colour = (name: string) => {
      const value = theme.get(name);
      if (value === undefined || !/^#[0-9a-f]{6}$/i.test(value)) throw new Error(`no colour --${name}`);
      return value;
    };

    it.each([
      'ink',
      'soft',
      'faint',
      'error',
      'warning',
      'ok',
      ...precisions.map((name) => `precision-${name}-text`),
    ])('leave text in --%s at 4.5:1 or more on every surface', (name) => {
      for (const surface of ['paper', 'raised', 'sunken']) {
        expect(contrast(colour(name), colour(surface)), `on --${surface}`).toBeGreaterThanOrEqual(4.5);
      }
    });

    it.each(['error', 'warning', 'ok'])('leave text in --%s readable on its own background', (name) => {
      expect(contrast(colour(name), colour(`${name}-back`))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colour('ink'), colour(`${name}-back`))).toBeGreaterThanOrEqual(4.5);
    });

    it.each(['line-strong', 'focus', ...precisions.map((name) => `precision-${name}`)])(
      'leave --%s, which borders and fills are drawn in, at 3:1 or more',
      (name) => {
        for (const surface of ['paper', 'raised']) {
          expect(contrast(colour(name), colour(surface)), `on --${surface}`).toBeGreaterThanOrEqual(3);
        }
      },
    );
  });
});
