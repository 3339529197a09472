import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatLargeCount,
  formatMs,
  formatPoints,
  formatShare,
} from './format.ts';

describe('figures as text', () => {
  it('give bytes in decimal units with three digits', () => {
    expect([0, 999, 1000, 6_240_000, 131_900_000, 999_600, 2e12].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.00 kB',
      '6.24 MB',
      '132 MB',
      '1.00 MB',
      '2.00 TB',
    ]);
  });
  it('give milliseconds, and their fractions and multiples where those read better', () => {
    expect([0, 0.0042, 8.314, 41.25, 380, 12_300].map(formatMs)).toEqual([
      '0.00 ms',
      '4.2 µs',
      '8.31 ms',
      '41.3 ms',
      '380 ms',
      '12.3 s',
    ]);
  });
  it('never round a share to all or nothing', () => {
    expect([0, 0.0004, 0.5, 0.9996, 1].map(formatShare)).toEqual([
      '0 %',
      '< 0.1 %',
      '50.0 %',
      '> 99.9 %',
      '100 %',
    ]);
  });
  it('sign differences in points and call the invisible ones no change', () => {
    expect([-0.004, 0.012, 0.0004, -0.0004].map(formatPoints)).toEqual([
      '−0.4 points',
      '+1.2 points',
      'no change',
      'no change',
    ]);
  });
  it('give spans of time in two units', () => {
    expect([0, 0.4, 48, 60, 200, 3600, 3900, 3599.6].map(formatDuration)).toEqual([
      '0 s',
      '0.4 s',
      '48 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '1 h 5 min',
      '1 h',
    ]);
  });
  it('separate thousands and shorten what is large', () => {
    expect(formatCount(12_480)).toBe('12,480');
    expect([233, 12_480, 3_006_428].map(formatLargeCount)).toEqual(['233', '12.5 k', '3.01 M']);
  });
  it('say how long ago in one unit, and the date when it is long', () => {
    const now = Date.parse('2026-06-30T12:00:00Z');
    expect(formatAgo('2026-06-30T11:59:30Z', now)).toBe('just now');
    expect(formatAgo('2026-06-30T11:00:00Z', now)).toBe('1 hour ago');
    expect(formatAgo('2026-06-28T11:00:00Z', now)).toBe('2 days ago');
    expect(formatAgo('2026-01-02T11:00:00Z', now)).toBe('2026-01-02');
    expect(formatAgo('never', now)).toBe('–');
  });
  it('write a dash for what is not known', () => {
    expect([
      formatBytes(null),
      formatMs(null),
      formatShare(Number.NaN),
      formatPoints(null),
      formatDuration(null),
    ]).toEqual(['–', '–', '–', '–', '–']);
  });
});
