/** Computes a layout outside of the window's thread: one request, one answer. */

import '../../app/older-browsers.ts';
import { computeLayout } from './compute-layout.ts';
import type { LayoutRequest } from './graph-types.ts';

// The DOM's types describe a window's postMessage here; a worker's takes the message alone.
const worker = self as unknown as {
  onmessage: ((event: MessageEvent<LayoutRequest>) => void) | null;
  postMessage(message: unknown): void;
};

worker.onmessage = ({ data }) => worker.postMessage(computeLayout(data));
