import { describe, expect, it } from 'vitest';
import { workerEnvironment } from './process-options.ts';

describe('workerEnvironment', () => {
  it('bounds the heaps of glibc, unless the user has', () => {
    expect(workerEnvironment({ PATH: '/bin' })).toEqual({ PATH: '/bin', MALLOC_ARENA_MAX: '2' });
    expect(workerEnvironment({ MALLOC_ARENA_MAX: '8' })).toEqual({ MALLOC_ARENA_MAX: '8' });
  });

  it('passes on nothing that loads other code', () => {
    expect(workerEnvironment({ NODE_OPTIONS: '--import x', LD_PRELOAD: 'x.so' })).toEqual({
      MALLOC_ARENA_MAX: '2',
    });
  });
});
