/** What the precisions of a run found in each image, from the files that the run kept. */

import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { comparedImageSchema, detectionSchema } from '../../../contract/procedures/runs.ts';
import { Failure } from '../../../core/base/failure.ts';
import {
  detectionsName,
  type KeptDetections,
  readKeptDetections,
} from '../../../core/conversion/kept-detections.ts';
import { engineName } from '../../../core/conversion/run-steps.ts';
import type { Detections } from '../../../core/detection/detections.ts';
import { type Precision, precisions } from '../../../core/targets/target.ts';
import type { RunRecord } from './run-record.ts';

type ComparedImage = z.infer<typeof comparedImageSchema>;
type Detection = z.infer<typeof detectionSchema>;

/** Three precisions of a few runs. */
const cachedFiles = 9;

const setsSchema = z.object({
  calibration: z.object({ images: z.string() }).nullable(),
  validation: z.object({ images: z.string() }).nullable(),
});

function listDetections({ count, boxes, scores, classes }: Detections): Detection[] {
  return Array.from({ length: count }, (_, i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.subarray(4 * i, 4 * i + 4);
    return { classIndex: classes[i] ?? 0, score: scores[i] ?? 0, x1, y1, x2, y2 };
  });
}

export interface RunImages {
  /** By how much a precision differs from fp32, most first; images without difference follow in the set's order. */
  compared(
    run: RunRecord,
    precision: Precision,
    offset: number,
    limit: number,
  ): Promise<{ readonly total: number; readonly items: readonly ComparedImage[] }>;
  detections(run: RunRecord, index: number): Promise<ImageDetections>;
  /** Where an image lies. */
  path(run: RunRecord, index: number): Promise<string>;
}

export interface ImageDetections {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly classNames: readonly string[];
  readonly precisions: readonly {
    readonly precision: Precision;
    readonly detections: readonly Detection[];
  }[];
  readonly labels: readonly Omit<Detection, 'score'>[] | null;
}

/** Reads kept detections, each file once as long as it stays the same. */
class KeptFiles {
  readonly #files = new Map<string, { readonly modified: number; readonly kept: Promise<KeptDetections> }>();

  async read(path: string): Promise<KeptDetections> {
    const { mtimeMs: modified } = await stat(path);
    const known = this.#files.get(path);
    this.#files.delete(path);
    const entry = known?.modified === modified ? known : { modified, kept: readKeptDetections(path) };
    this.#files.set(path, entry);
    const [oldest] = this.#files.keys();
    if (this.#files.size > cachedFiles && oldest !== undefined) this.#files.delete(oldest);
    entry.kept.catch(() => this.#files.delete(path));
    return entry.kept;
  }
}

export function createRunImages(): RunImages {
  const files = new KeptFiles();

  const keptOf = async (run: RunRecord, precision: Precision): Promise<KeptDetections> => {
    const name = detectionsName(engineName(run.modelPath, precision));
    if (run.state !== 'done' || !run.files.some((file) => file.name === name)) {
      throw new Failure(
        'bad-input',
        `The run ${run.id} kept no detections of ${precision}.`,
        'Only a finished run with images of a detector has them; repeat it with a validation set.',
      );
    }
    return files.read(join(run.out, name)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new Failure('bad-input', `${join(run.out, name)} is gone.`, 'Repeat the run.', {
          cause: error,
        });
      }
      throw error;
    });
  };

  const imageOf = async (run: RunRecord, index: number) => {
    const kept = await keptOf(run, 'fp32');
    const image = kept.images[index];
    if (image === undefined) {
      throw new Failure('bad-input', `The run ${run.id} has no image ${index}.`, 'Choose one of its images.');
    }
    return { kept, image };
  };

  return {
    async compared(run, precision, offset, limit) {
      const { images, differences } = await keptOf(run, precision);
      const indices = new Map(images.map(({ file }, index) => [file, index]));
      const differing = differences.flatMap((difference) => {
        const index = indices.get(difference.file);
        return index === undefined ? [] : [{ ...difference, index }];
      });
      const named = new Set(differing.map(({ index }) => index));
      const rest = images.flatMap(({ file }, index) =>
        named.has(index) ? [] : [{ file, index, lost: 0, added: 0, moved: 0, difference: 0 }],
      );
      const items = [...differing, ...rest].slice(offset, offset + limit).map((each) => {
        const { width = 0, height = 0 } = images[each.index] ?? {};
        return { ...each, width, height };
      });
      return { total: images.length, items };
    },

    async detections(run, index) {
      const { kept, image } = await imageOf(run, index);
      const found: ImageDetections['precisions'][number][] = [];
      for (const precision of precisions) {
        const name = detectionsName(engineName(run.modelPath, precision));
        if (!run.files.some((file) => file.name === name)) continue;
        const detections = (await keptOf(run, precision)).detections.get(image.file);
        if (detections !== undefined) found.push({ precision, detections: listDetections(detections) });
      }
      return {
        ...image,
        classNames: kept.classNames,
        precisions: found,
        // An image without labels among labelled ones is one on which nothing is to be found.
        labels: kept.labels && (kept.labels[image.file] ?? []),
      };
    },

    async path(run, index) {
      const { image } = await imageOf(run, index);
      const { calibration, validation } = setsSchema.parse(run.specification);
      const source = (validation ?? calibration)?.images;
      if (source === undefined) throw new Error(`the run ${run.id} has detections and no images`);
      const isFolder = await stat(source).then(
        (info) => info.isDirectory(),
        () => true,
      );
      return resolve(isFolder ? source : dirname(source), image.file);
    },
  };
}
