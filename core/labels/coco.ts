/** Reads labels in the COCO detection format: one JSON file with images, annotations and categories. */

import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import type { ImageSet } from '../images/image-set.ts';
import { cleanBox } from './clean-box.ts';
import type { GroundTruth, LabelBox, LabelledImage } from './ground-truth.ts';
import { checkStatedSizes, readImageSizes } from './image-sizes.ts';
import { LabelIssues } from './label-issues.ts';
import type { LabelOptions } from './label-options.ts';
import { matchImages } from './match-images.ts';

const id = z.union([z.number(), z.string()]);

const cocoSchema = z.object({
  images: z.array(
    z.object({
      id,
      file_name: z.string(),
      width: z.number().nullish(),
      height: z.number().nullish(),
    }),
  ),
  annotations: z.array(
    z.object({
      id: id.nullish(),
      image_id: id,
      category_id: id,
      bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      area: z.number().nullish(),
      iscrowd: z.union([z.number(), z.boolean()]).nullish(),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })).min(1),
});

type Coco = z.infer<typeof cocoSchema>;

const expected = 'Give a COCO detection file: an object with "images", "annotations" and "categories".';

function describe(json: unknown): string {
  if (Array.isArray(json)) {
    const [first] = json;
    const isResults = typeof first === 'object' && first !== null && 'score' in first && 'bbox' in first;
    return isResults ? 'a list of detections (COCO results), which are not labels' : 'a list';
  }
  if (typeof json !== 'object' || json === null) return `a ${typeof json}`;
  const keys = Object.keys(json).slice(0, 6);
  return keys.length > 0 ? `an object with ${keys.map((key) => `"${key}"`).join(', ')}` : 'an empty object';
}

function parseCoco(json: unknown, source: string): Coco {
  const isCoco = typeof json === 'object' && json !== null && 'images' in json && 'annotations' in json;
  if (!isCoco)
    throw new Failure('bad-input', `${source} is not COCO labels but ${describe(json)}.`, expected);
  const parsed = cocoSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const first = issues.slice(0, 3).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const more = issues.length > first.length ? ` and ${issues.length - first.length} more` : '';
  throw new Failure(
    'bad-input',
    `${source} has entries of the wrong form: ${first.join('; ')}${more}.`,
    expected,
  );
}

function byId(a: Coco['categories'][number], b: Coco['categories'][number]): number {
  if (typeof a.id === 'number' && typeof b.id === 'number') return a.id - b.id;
  return String(a.id) < String(b.id) ? -1 : 1;
}

function checkUnique(ids: readonly (string | number)[], what: string, source: string): void {
  const seen = new Set<string | number>();
  for (const one of ids) {
    if (seen.has(one)) {
      throw new Failure(
        'bad-input',
        `${source} lists ${what} id ${one} twice.`,
        `Give every ${what} its own id.`,
      );
    }
    seen.add(one);
  }
}

function groupByImage(coco: Coco, issues: LabelIssues): Map<string | number, Coco['annotations']> {
  const groups = new Map<string | number, Coco['annotations']>(coco.images.map((image) => [image.id, []]));
  for (const annotation of coco.annotations) {
    const group = groups.get(annotation.image_id);
    if (group) group.push(annotation);
    else issues.note('annotation-without-image', `id ${annotation.image_id}`);
  }
  return groups;
}

/**
 * COCO labels of the images in `imageSet`. Class i is the i-th category by id. `file_name` is matched by relative
 * path, then by base name and trailing folders. Images of the set that the file does not list are left out (it is not
 * known whether they are background); listed images without annotations are background. Boxes are clipped; `area`
 * and `iscrowd` are taken from the annotation.
 */
export async function readCoco(
  json: unknown,
  source: string,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const coco = parseCoco(json, source);
  const issues = new LabelIssues();
  checkUnique(
    coco.images.map((image) => image.id),
    'image',
    source,
  );
  checkUnique(
    coco.categories.map((category) => category.id),
    'category',
    source,
  );
  const categories = [...coco.categories].sort(byId);
  const classOf = new Map(categories.map((category, index) => [category.id, index]));
  const annotationsOf = groupByImage(coco, issues);
  const matches = matchImages(
    coco.images.map((image) => image.file_name),
    imageSet,
    { ignoreExtension: false },
    issues,
  );
  if (matches.size === 0) {
    throw new Failure(
      'bad-input',
      `None of the ${coco.images.length} images in ${source} (e.g. ${coco.images[0]?.file_name}) is in ${imageSet.source} (e.g. ${imageSet.files[0]?.file}).`,
      'Name the labels that belong to these images.',
    );
  }
  const entryOf = new Map(
    coco.images.flatMap((entry) => {
      const image = matches.get(entry.file_name);
      return image ? [[image, entry] as const] : [];
    }),
  );
  const unsized = [...entryOf].filter(([, entry]) => !entry.width || !entry.height).map(([image]) => image);
  const sizes = await readImageSizes(unsized, issues, options);

  const images: LabelledImage[] = [];
  for (const image of imageSet.files) {
    const entry = entryOf.get(image);
    if (entry === undefined) {
      issues.note('left-out', image.file);
      continue;
    }
    const stated = entry.width && entry.height ? { width: entry.width, height: entry.height } : undefined;
    const size = stated ?? sizes.get(image);
    if (size === undefined) continue;
    const boxes = (annotationsOf.get(entry.id) ?? []).flatMap((annotation): LabelBox[] => {
      const place = `annotation ${annotation.id ?? ''} of ${image.file}`;
      const classIndex = classOf.get(annotation.category_id);
      if (classIndex === undefined) {
        issues.note('unknown-class', `category ${annotation.category_id} in ${place}`);
        return [];
      }
      const [x, y, width, height] = annotation.bbox;
      const corners = { x1: x, y1: y, x2: x + width, y2: y + height };
      const area = annotation.area ?? undefined;
      const box = cleanBox(
        { ...corners, classIndex, area, crowd: Boolean(annotation.iscrowd) },
        size,
        place,
        issues,
      );
      return box ? [box] : [];
    });
    images.push({ file: image.file, ...size, boxes });
  }
  await checkStatedSizes(images, imageSet, issues, { signal: options.signal });
  return {
    format: 'coco',
    classes: categories.map(({ name }) => name),
    images,
    warnings: issues.sentences(),
  };
}
