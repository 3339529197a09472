import { describe, expect, it } from 'vitest';
import { tokenIn } from './token-in.ts';

describe('the token in what was pasted', () => {
  it('is found in the printed address and accepted alone', () => {
    expect(tokenIn('  http://gpu-box:7420/?token=p7h1ILHb-_xS ')).toBe('p7h1ILHb-_xS');
    expect(tokenIn('Engine Room is at http://[::1]:7420/?x=1&token=abc%2Bdef#/models')).toBe('abc+def');
    expect(tokenIn('p7h1ILHbFfxSreICWcaoJplQ')).toBe('p7h1ILHbFfxSreICWcaoJplQ');
  });
  it('is not taken from anything else', () => {
    for (const text of [
      '',
      'http://gpu-box:7420/',
      'short',
      'two words here',
      '?token=',
      '?token=%E0%A4%A',
    ]) {
      expect(tokenIn(text)).toBeNull();
    }
  });
});
