/** Reads COCO labels and results, computes COCO mAP in this process and prints the seconds, for coco-map.ts. */

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Detections } from '../../core/detection/detections.ts';
import { evaluateDetections } from '../../core/evaluation/coco-map.ts';
import type { GroundTruth, LabelBox } from '../../core/labels/ground-truth.ts';

const [annotationsFile, resultsFile, repeats] = z
  .tuple([z.string(), z.string(), z.coerce.number().int().positive()])
  .parse(process.argv.slice(2));

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const labelsSchema = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string(), width: z.number(), height: z.number() })),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
  annotations: z.array(
    z.object({
      ...{ image_id: z.number(), category_id: z.number(), bbox: box },
      ...{ area: z.number(), iscrowd: z.number() },
    }),
  ),
});
const resultsSchema = z.array(
  z.object({ image_id: z.number(), category_id: z.number(), bbox: box, score: z.number() }),
);

function groupBy<T>(rows: readonly T[], key: (row: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

async function load(): Promise<{ truth: GroundTruth; found: Map<string, Detections> }> {
  const labels = labelsSchema.parse(JSON.parse(await readFile(annotationsFile, 'utf8')));
  const results = resultsSchema.parse(JSON.parse(await readFile(resultsFile, 'utf8')));
  const images = labels.images.toSorted((a, b) => a.id - b.id);
  const categories = labels.categories.toSorted((a, b) => a.id - b.id);
  const classIndex = new Map(categories.map(({ id }, c) => [id, c]));
  const classOf = (id: number) => classIndex.get(id) ?? -1;
  const annotations = groupBy(labels.annotations, (row) => row.image_id);
  const rows = groupBy(results, (row) => row.image_id);
  const found = new Map<string, Detections>();
  for (const { id, file_name } of images) {
    const list = rows.get(id) ?? [];
    found.set(file_name, {
      count: list.length,
      boxes: Float32Array.from(list.flatMap(({ bbox: [x, y, w, h] }) => [x, y, x + w, y + h])),
      scores: Float32Array.from(list, (row) => row.score),
      classes: Int32Array.from(list, (row) => classOf(row.category_id)),
    });
  }
  const truth: GroundTruth = {
    format: 'coco',
    classes: categories.map(({ name }) => name),
    images: images.map(({ id, file_name, width, height }) => ({
      ...{ file: file_name, width, height },
      boxes: (annotations.get(id) ?? []).map(
        ({ category_id, bbox: [x, y, w, h], area, iscrowd }): LabelBox => ({
          ...{ classIndex: classOf(category_id), x1: x, y1: y, x2: x + w, y2: y + h },
          ...{ area, crowd: iscrowd !== 0 },
        }),
      ),
    })),
    warnings: [],
  };
  return { truth, found };
}

const start = performance.now();
const { truth, found } = await load();
const loadSeconds = (performance.now() - start) / 1000;
const evaluateSeconds: number[] = [];
let map5095: number | null = null;
for (let i = 0; i < repeats; i++) {
  const begin = performance.now();
  ({ map5095 } = await evaluateDetections(truth, found));
  evaluateSeconds.push((performance.now() - begin) / 1000);
}
console.log(JSON.stringify({ loadSeconds, evaluateSeconds, map5095 }));
