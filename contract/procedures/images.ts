/** Image sets: scanned in the background, shown page by page, with labels, statistics and a choice of samples. */

import { z } from 'zod';

const count = z.number().int().nonnegative();

export const imageStateSchema = z.enum(['unknown', 'ok', 'unreadable', 'duplicate']);

export const imageItemSchema = z.object({
  /** Position in the whole set, which names it in picture URLs: `<filesUrl>/images/<set>/<index>?width=160`. */
  index: count,
  file: z.string(),
  state: imageStateSchema,
  /** Why it is unreadable, or which file it repeats. */
  reason: z.string().nullable(),
  width: count.nullable(),
  height: count.nullable(),
  labels: count.nullable(),
});

export const imageBoxSchema = z.object({
  classIndex: count,
  x1: z.number(),
  y1: z.number(),
  x2: z.number(),
  y2: z.number(),
});

export const imageSetSchema = z.object({
  id: z.string(),
  source: z.string(),
  labels: z.string().nullable(),
  labelFormat: z.enum(['coco', 'yolo', 'voc']).nullable(),
  classNames: z.array(z.string()),
  files: count,
  /** `scanning` lists files, `examining` looks into each (size, damage, duplicates), `ready` is done. */
  phase: z.enum(['scanning', 'examining', 'ready', 'failed']),
  examined: count,
  unreadable: count,
  duplicates: count,
  warnings: z.array(z.string()),
  /** Set when `phase` is `failed`. */
  error: z.object({ message: z.string(), remedy: z.string() }).nullable(),
});

export const imageFilterSchema = z.object({
  state: z.enum(['all', 'unreadable', 'duplicate', 'unlabelled', 'picked']).default('all'),
  classIndex: count.nullable().default(null),
  /** Part of the file name, any case. */
  text: z.string().max(200).default(''),
});

export const imageStatisticsSchema = z.object({
  boxes: count,
  classes: z.array(z.object({ name: z.string(), boxes: count, images: count })),
  /** Square roots of box areas in pixels, in bins: `edges` has one more entry than `counts`. */
  boxSizes: z.object({ edges: z.array(z.number()), counts: z.array(count) }),
  /** The 100 most frequent ones, most frequent first. */
  imageSizes: z.array(z.object({ width: count, height: count, images: count })),
});

export const imageProcedures = {
  /** Starts (or finds) the set of a folder or list file; watch it with the stream `images.watch`. */
  'images.open': {
    params: z.object({
      source: z.string().min(1),
      labels: z.string().nullable().default(null),
      /** The model's, for YOLO text without a data.yaml and for the order of Pascal VOC's classes. */
      classNames: z.array(z.string()).max(100_000).default([]),
    }),
    result: imageSetSchema,
  },
  'images.page': {
    params: z.object({
      set: z.string(),
      offset: count,
      limit: z.number().int().min(1).max(500),
      filter: imageFilterSchema.prefault({}),
    }),
    result: z.object({ total: count, items: z.array(imageItemSchema) }),
  },
  'images.boxes': {
    params: z.object({ set: z.string(), index: count }),
    result: z.object({ boxes: z.array(imageBoxSchema) }),
  },
  'images.statistics': { params: z.object({ set: z.string() }), result: imageStatisticsSchema },
  /** A representative sample by content (small thumbnails clustered), not the first N; with a word on why. */
  'images.pick': {
    params: z.object({ set: z.string(), count: z.number().int().min(1).max(10_000) }),
    result: z.object({
      indices: z.array(count),
      reason: z.string(),
      /** A list file with the sample, usable as a calibration set. */
      listFile: z.string(),
    }),
  },
  'images.close': { params: z.object({ set: z.string() }), result: z.object({}) },
} as const;

export const imageStreams = {
  'images.watch': { params: z.object({ set: z.string() }), item: imageSetSchema },
} as const;
