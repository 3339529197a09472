/** The exit codes of `engineroom`: 0 done, 1 failed, 2 bad usage or bad input, 130 cancelled. */

import type { FailureCode } from '../../core/base/failure.ts';

export const exitCodes: Readonly<Record<FailureCode, number>> = {
  'bad-usage': 2,
  'bad-input': 2,
  'stale-cache': 2,
  unsupported: 2,
  cancelled: 130,
  'out-of-memory': 1,
  'disk-full': 1,
  'not-writable': 1,
  'worker-lost': 1,
  'detections-lost': 1,
  'target-missed': 1,
  internal: 1,
};
