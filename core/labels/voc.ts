/** Reads labels in the Pascal VOC form: one XML file for each image. */

import { relative, resolve } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { z } from 'zod';
import { Failure } from '../base/failure.ts';
import type { ImageFile, ImageSet } from '../images/image-set.ts';
import { mapConcurrently } from '../images/map-concurrently.ts';
import { cleanBox } from './clean-box.ts';
import type { GroundTruth, LabelBox, LabelledImage } from './ground-truth.ts';
import { checkStatedSizes, type ImageSize, readImageSizes } from './image-sizes.ts';
import { LabelIssues } from './label-issues.ts';
import { firstHalf, type LabelOptions, laterHalf } from './label-options.ts';
import { matchImages } from './match-images.ts';
import { listFiles, readsAtOnce, readText, withExtension } from './text-files.ts';

const coordinate = z.string().trim().min(1).transform(Number).pipe(z.number());
const annotationSchema = z.object({
  annotation: z.object({
    size: z.object({ width: coordinate, height: coordinate }).optional().catch(undefined),
    object: z
      .array(
        z.object({
          name: z.string().trim().min(1),
          difficult: z.string().optional().catch(undefined),
          bndbox: z.object({ xmin: coordinate, ymin: coordinate, xmax: coordinate, ymax: coordinate }),
        }),
      )
      .default([]),
  }),
});

export interface VocFile {
  /** As stated, undefined when missing or zero. */
  readonly size: ImageSize | undefined;
  readonly objects: readonly {
    readonly name: string;
    readonly difficult: boolean;
    readonly x1: number;
    readonly y1: number;
    readonly x2: number;
    readonly y2: number;
  }[];
}

const parser = new XMLParser({
  // Text stays text: a class may be called 007 or true.
  parseTagValue: false,
  isArray: (name, path) => name === 'object' && String(path) === 'annotation.object',
});

/** One VOC annotation, or why it is none (a clause that says what was expected and what was found). */
export function parseVoc(xml: string): VocFile | string {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) return `line ${valid.err.line}: not valid XML (${valid.err.msg.replace(/\.$/, '')})`;
  let raw: unknown;
  try {
    // Stricter than the validator in places, and refuses entities that expand without bound.
    raw = parser.parse(xml);
  } catch (error) {
    return `not valid XML (${error instanceof Error ? error.message.replace(/\.$/, '') : String(error)})`;
  }
  // An annotation without any content is parsed as an empty text.
  if (typeof raw === 'object' && raw !== null && 'annotation' in raw && raw.annotation === '') {
    return { size: undefined, objects: [] };
  }
  const parsed = annotationSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const roots =
      typeof raw === 'object' && raw !== null ? Object.keys(raw).filter((key) => key !== '?xml') : [];
    if (!roots.includes('annotation')) return `expected <annotation>, found <${roots[0] ?? ''}>`;
    return `${issue?.path.join('.')}: ${issue?.message}`;
  }
  const { size, object } = parsed.data.annotation;
  return {
    size: size && size.width > 0 && size.height > 0 ? size : undefined,
    objects: object.map(({ name, difficult, bndbox }) => ({
      name,
      difficult: difficult?.trim() === '1',
      x1: bndbox.xmin,
      y1: bndbox.ymin,
      x2: bndbox.xmax,
      y2: bndbox.ymax,
    })),
  };
}

/** The caller's names first, in their order; names that only the files know follow alphabetically. */
function classList(files: Iterable<VocFile>, classNames: readonly string[] | undefined): string[] {
  const known = new Set(classNames);
  const others = new Set<string>();
  for (const { objects } of files) {
    for (const { name } of objects) if (!known.has(name)) others.add(name);
  }
  const sorted = [...others].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return [...known, ...sorted];
}

/**
 * Labels in a folder of VOC files (with folders below it). Coordinates are taken as they stand in the file: corners in
 * pixels, without the shift by one that the original VOC tools assume, since most tools that write the form count
 * from 0. Objects marked difficult count as ordinary. Images without a file are background.
 */
export async function readVocFolder(
  folder: string,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const issues = new LabelIssues();
  const paths = withExtension(await listFiles(resolve(folder), options), '.xml');
  const matches = matchImages(paths, imageSet, { ignoreExtension: true }, issues);
  const files = new Map<ImageFile, VocFile>();
  await mapConcurrently(
    [...matches],
    readsAtOnce,
    'label file',
    firstHalf(options),
    async ([path, image]) => {
      const file = parseVoc(await readText(path));
      if (typeof file === 'string') issues.note('malformed', `${relative(folder, path)}: ${file}`);
      else files.set(image, file);
    },
  );
  if (files.size === 0) throw nothingUsable(folder, paths, matches.size, imageSet, issues);

  const classes = classList(files.values(), options.classNames);
  const classOf = new Map(classes.map((name, index) => [name, index]));
  const unsized = imageSet.files.filter((image) => files.get(image)?.size === undefined);
  const sizes = await readImageSizes(unsized, issues, laterHalf(options));
  const images = imageSet.files.flatMap((image): LabelledImage[] => {
    const file = files.get(image);
    if (file === undefined) issues.note('background-image', image.file);
    const size = file?.size ?? sizes.get(image);
    if (size === undefined) return [];
    const boxes = (file?.objects ?? []).flatMap(({ name, difficult, ...corners }, index): LabelBox[] => {
      const place = `object ${index + 1} (${name}) of ${image.file}`;
      if (difficult) issues.note('difficult', image.file);
      // classList holds every name of every file.
      const classIndex = classOf.get(name) ?? 0;
      const box = cleanBox({ ...corners, classIndex, area: undefined, crowd: false }, size, place, issues);
      return box ? [box] : [];
    });
    return [{ file: image.file, ...size, boxes }];
  });
  await checkStatedSizes(images, imageSet, issues, { signal: options.signal });
  return { format: 'voc', classes, images, warnings: issues.sentences() };
}

function nothingUsable(
  folder: string,
  paths: readonly string[],
  matched: number,
  imageSet: ImageSet,
  issues: LabelIssues,
): Failure {
  if (matched === 0) {
    return new Failure(
      'bad-input',
      `None of the ${paths.length} XML files in ${folder} (e.g. ${paths[0] ? relative(folder, paths[0]) : ''}) belongs to an image of ${imageSet.source} (e.g. ${imageSet.files[0]?.file}).`,
      'Name the labels that belong to these images: one .xml for each image, of the same base name.',
    );
  }
  return new Failure(
    'bad-input',
    `None of the ${matched} XML files in ${folder} is a Pascal VOC annotation: ${issues.examples('malformed').join('; ')}.`,
    'Expected <annotation> with <object>, each with <name> and <bndbox> of xmin, ymin, xmax, ymax.',
  );
}
