/** All that a client can ask of a host: procedures answer once, streams go on until they end or are cancelled. */

import type { z } from 'zod';
import { engineProcedures } from './engines.ts';
import { hostProcedures } from './host.ts';
import { imageProcedures, imageStreams } from './images.ts';
import { modelProcedures } from './models.ts';
import { runProcedures, runStreams } from './runs.ts';

export const procedures = {
  ...hostProcedures,
  ...modelProcedures,
  ...imageProcedures,
  ...runProcedures,
  ...engineProcedures,
} as const;

export const streams = { ...imageStreams, ...runStreams } as const;

export type Procedures = typeof procedures;
export type ProcedureName = keyof Procedures;
/** Parameters as a caller writes them, defaults left out. */
export type ParamsOf<N extends ProcedureName> = z.input<Procedures[N]['params']>;
export type ResultOf<N extends ProcedureName> = z.output<Procedures[N]['result']>;

export type Streams = typeof streams;
export type StreamName = keyof Streams;
export type StreamParamsOf<N extends StreamName> = z.input<Streams[N]['params']>;
export type ItemOf<N extends StreamName> = z.output<Streams[N]['item']>;

/** The surface that a client programs against, over either transport. */
export interface HostClient {
  call<N extends ProcedureName>(
    name: N,
    params: ParamsOf<N>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ResultOf<N>>;
  /** Calls `onItem` for each item until the returned function is called; `onEnd` hears the end or the error. */
  listen<N extends StreamName>(
    name: N,
    params: StreamParamsOf<N>,
    onItem: (item: ItemOf<N>) => void,
    onEnd?: (error: { code: string; message: string; remedy: string } | null) => void,
  ): () => void;
}

/**
 * Paths below `filesUrl` (all need the token, as the query parameter `token`, as first part of the path, or exchanged
 * for the session cookie):
 * - `GET images/<set>/<index>?width=160`: a picture of an image set as JPEG, not wider than asked (cached), EXIF applied;
 * - `GET runs/<id>/images/<index>?width=1280`: an image of the run's validation set;
 * - `GET runs/<id>/report.html`, `GET runs/<id>/report.json`, `GET runs/<id>/files/<name>`: the run's files;
 * - `GET runs/<id>/csv/<chart>`: `summary`, `per-class`, `ranges`, `latency`;
 * - `POST uploads?name=<file>&group=<id>`: a model, image or label file; answers `{ "path": "..." }`; files of one group share a folder.
 */
export const filePaths = {
  image: (set: string, index: number, width: number) => `images/${set}/${index}?width=${width}`,
  runImage: (run: string, index: number, width: number) => `runs/${run}/images/${index}?width=${width}`,
  report: (run: string) => `runs/${run}/report.html`,
  runFile: (run: string, name: string) => `runs/${run}/files/${encodeURIComponent(name)}`,
  csv: (run: string, chart: 'summary' | 'per-class' | 'ranges' | 'latency') => `runs/${run}/csv/${chart}`,
  upload: (name: string, group: string) =>
    `uploads?name=${encodeURIComponent(name)}&group=${encodeURIComponent(group)}`,
} as const;
