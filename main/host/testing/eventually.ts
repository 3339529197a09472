/** Waiting in tests: as long as a busy machine needs, and no longer than the expectation takes to hold. */

import { vi } from 'vitest';

export function eventually<T>(expectation: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(expectation, { timeout: 30_000 });
}
