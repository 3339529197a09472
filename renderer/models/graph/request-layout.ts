/** Has a layout computed in a worker, which is ended when nobody waits for it any more. */

import type { GraphLayout, LayoutRequest } from './graph-types.ts';

export type RequestLayout = (request: LayoutRequest, signal: AbortSignal) => Promise<GraphLayout>;

export const requestLayout: RequestLayout = (request, signal) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' });
    const end = () => worker.terminate();
    signal.addEventListener(
      'abort',
      () => {
        end();
        reject(new DOMException('The layout was not wanted any more.', 'AbortError'));
      },
      { once: true },
    );
    worker.onmessage = ({ data }: MessageEvent<GraphLayout>) => {
      end();
      resolve(data);
    };
    worker.onerror = (event) => {
      end();
      reject(new Error(event.message === '' ? 'The layout worker could not start.' : event.message));
    };
    worker.postMessage(request);
  });
