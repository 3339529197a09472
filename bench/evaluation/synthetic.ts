/** Writes a made-up data set and detections of the size of COCO's validation split, the same at every call. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [imageCount, classCount, labelsPerImage, detectionsPerImage] = [5000, 80, 7, 60];

/** Numbers from 0 to 1, a 32-bit linear congruential generator's high bits. */
function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

type Box = readonly [x: number, y: number, w: number, h: number];

export interface CocoFiles {
  readonly annotations: string;
  readonly results: string;
}

/** Labels of three classes an image; detections of them, moved and with doubles, among others that are wrong. */
export async function writeSynthetic(folder: string): Promise<CocoFiles> {
  const next = numbers();
  const annotations: object[] = [];
  const results: object[] = [];
  const images = Array.from({ length: imageCount }, (_, i) => ({
    ...{ id: i + 1, file_name: `${i + 1}.jpg`, width: 640, height: 480 },
  }));
  // Detections pass through float32, as an engine's do; in JSON all readers then see the same numbers.
  const rounded = (box: Box) => box.map(Math.fround);
  for (const { id } of images) {
    const classes = [next(), next(), next()].map((n) => Math.floor(n * n * classCount));
    const labels = Array.from({ length: Math.floor(2 * next() * labelsPerImage) + 1 }, (_, i) => {
      const size = 8 * 40 ** next();
      const box: Box = [560 * next(), 400 * next(), size * (0.5 + next()), size * (0.5 + next())];
      return { box, category: (classes[i % 3] ?? 0) + 1 };
    });
    for (const { box, category } of labels) {
      annotations.push({
        ...{ id: annotations.length + 1, image_id: id, category_id: category, bbox: box },
        ...{ area: box[2] * box[3] * 0.7, iscrowd: next() < 0.01 ? 1 : 0 },
      });
    }
    for (let i = 0; i < detectionsPerImage; i++) {
      const label = labels[Math.floor(next() * labels.length)];
      const right = label !== undefined && next() < 0.5;
      const shift = () => 0.35 * (next() - 0.5);
      const [x, y, w, h] = label?.box ?? [0, 0, 1, 1];
      results.push({
        image_id: id,
        category_id: right ? label.category : Math.floor(next() * classCount) + 1,
        bbox: rounded(
          right
            ? [x + w * shift(), y + h * shift(), w * (1 + shift()), h * (1 + shift())]
            : [560 * next(), 400 * next(), 20 + 100 * next(), 20 + 100 * next()],
        ),
        score: Math.fround(right ? next() : next() ** 3),
      });
    }
  }
  const categories = Array.from({ length: classCount }, (_, c) => ({ id: c + 1, name: `class ${c}` }));
  const files = {
    annotations: join(folder, 'synthetic-labels.json'),
    results: join(folder, 'synthetic-detections.json'),
  };
  await writeFile(files.annotations, JSON.stringify({ images, annotations, categories }));
  await writeFile(files.results, JSON.stringify(results));
  return files;
}
