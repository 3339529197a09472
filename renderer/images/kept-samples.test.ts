import { describe, expect, it } from 'vitest';
import { readSamples, withSample } from './kept-samples.ts';

const sample = { source: '/pictures', count: 3, reason: 'clustered' };

describe('kept samples', () => {
  it('are read back, and whatever else lies there is not', () => {
    expect(readSamples(JSON.stringify({ '/l.txt': sample }))).toEqual({ '/l.txt': sample });
    for (const text of [null, '', '{', '[]', '{"/l.txt": {"source": 1}}'])
      expect(readSamples(text)).toEqual({});
  });

  it('do not grow without end, the oldest going first', () => {
    let samples = {};
    for (let i = 0; i < 40; i++) samples = withSample(samples, `/${i}.txt`, sample);
    expect(Object.keys(samples)).toHaveLength(30);
    expect(samples).not.toHaveProperty('/9.txt');
    expect(samples).toHaveProperty('/10.txt');
    expect(Object.keys(withSample(samples, '/10.txt', sample)).pop()).toBe('/10.txt');
  });
});
