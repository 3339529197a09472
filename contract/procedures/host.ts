/** What a client asks about the host itself: who it is, what works on it, and which files it may show. */

import { z } from 'zod';

export const hostInfoSchema = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  hostName: z.string(),
  /** Folders below which models, images and outputs may lie; empty: everywhere (the desktop's own host). */
  roots: z.array(z.string()),
  /** Where runs are written unless the user chooses a folder. */
  outputFolder: z.string(),
  /** Prefix of all picture and download URLs, e.g. `http://127.0.0.1:41234/files/TOKEN` or `/files`. */
  filesUrl: z.string(),
  /** Largest upload in bytes. */
  uploadLimitBytes: z.number(),
});

export const checkSchema = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'missing']),
  detail: z.string(),
  remedy: z.string().nullable(),
});

export const folderEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'model', 'image', 'labels', 'other']),
  bytes: z.number().nullable(),
});

export const hostProcedures = {
  'host.info': { params: z.object({}), result: hostInfoSchema },
  /** The same lines as `engineroom doctor`. */
  'host.doctor': { params: z.object({}), result: z.object({ checks: z.array(checkSchema) }) },
  /** One folder's entries, folders first; `path` null: the roots, or the user's home. */
  'host.listFolder': {
    params: z.object({ path: z.string().nullable() }),
    result: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(folderEntrySchema),
    }),
  },
} as const;
