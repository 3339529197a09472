import { describe, expect, it } from 'vitest';
import { proposedCount } from './sample-size.ts';

describe('proposedCount', () => {
  it.each([
    [0, 1],
    [1, 1],
    [96, 96],
    [120, 100],
    [400, 200],
    [100_000, 300],
  ])('of %d images proposes %d', (usable, count) => {
    expect(proposedCount(usable)).toBe(count);
  });
});
