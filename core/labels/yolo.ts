/** Reads labels in the YOLO form: one text file for each image, class names in data.yaml. */

import { basename, extname, resolve, sep } from 'node:path';
import { Failure } from '../base/failure.ts';
import type { ImageFile, ImageSet } from '../images/image-set.ts';
import { mapConcurrently } from '../images/map-concurrently.ts';
import { cleanBox } from './clean-box.ts';
import { type DataYaml, findDataYaml } from './data-yaml.ts';
import type { GroundTruth, LabelBox, LabelledImage } from './ground-truth.ts';
import { type ImageSize, readImageSizes } from './image-sizes.ts';
import { LabelIssues } from './label-issues.ts';
import { firstHalf, type LabelOptions, laterHalf } from './label-options.ts';
import { matchImages, withoutExtension } from './match-images.ts';
import { listFiles, readsAtOnce, readTextIfThere, withExtension } from './text-files.ts';
import { parseYolo } from './yolo-text.ts';

/** Text files that lie among labels and are none. */
const notLabels = new Set([
  'classes.txt',
  'obj.names.txt',
  'train.txt',
  'val.txt',
  'test.txt',
  'readme.txt',
  'notes.txt',
]);

/** The label file that belongs to an image by convention: the last folder `images` of its path becomes `labels`. */
export function labelPathOf(imagePath: string): string {
  const parts = resolve(imagePath).split(sep);
  const at = parts.lastIndexOf('images', parts.length - 2);
  if (at >= 0) parts[at] = 'labels';
  return `${withoutExtension(parts.join(sep))}.txt`;
}

/** The folder of labels that belongs to a folder of images by the same convention. */
function labelFolderOf(imageFolder: string): string {
  const parts = imageFolder.split(sep);
  const at = parts.lastIndexOf('images');
  if (at >= 0) parts[at] = 'labels';
  return parts.join(sep);
}

export function isYoloLabelFile(path: string): boolean {
  return extname(path).toLowerCase() === '.txt' && !notLabels.has(basename(path).toLowerCase());
}

interface Labelled {
  readonly image: ImageFile;
  readonly labelPath: string;
  readonly text: string;
}

/** Labels where the convention puts them, beside or parallel to the images themselves. */
async function labelsByConvention(imageSet: ImageSet, options: LabelOptions): Promise<Labelled[]> {
  const found = await mapConcurrently(
    imageSet.files,
    readsAtOnce,
    'label file',
    firstHalf(options),
    async (image) => {
      const labelPath = labelPathOf(image.path);
      const text = await readTextIfThere(labelPath);
      return text === undefined ? [] : [{ image, labelPath, text }];
    },
  );
  return found.flat();
}

/** Labels in the given folders, matched to the images by name. */
async function labelsInFolders(
  folders: readonly string[],
  imageSet: ImageSet,
  issues: LabelIssues,
  options: LabelOptions,
): Promise<Labelled[]> {
  const lists = await Promise.all(folders.map((folder) => listFiles(folder, options)));
  const paths = [...new Set(lists.flat())].filter(isYoloLabelFile);
  const matches = matchImages(paths, imageSet, { ignoreExtension: true }, issues);
  const found = await mapConcurrently(
    [...matches],
    readsAtOnce,
    'label file',
    firstHalf(options),
    async ([labelPath, image]) => {
      const text = await readTextIfThere(labelPath);
      return text === undefined ? [] : [{ image, labelPath, text }];
    },
  );
  return found.flat();
}

function noLabels(source: string, imageSet: ImageSet, lookedAt: string): Failure {
  return new Failure(
    'bad-input',
    `${source} has no YOLO label file for any of the ${imageSet.files.length} images of ${imageSet.source}; looked for ${lookedAt}.`,
    'Name the labels that belong to these images: one .txt for each image, of the same base name.',
  );
}

function boxesOf(labelled: Labelled, size: ImageSize, classCount: number, issues: LabelIssues): LabelBox[] {
  return parseYolo(labelled.text, size).flatMap((entry): LabelBox[] => {
    const place = `${labelled.labelPath} line ${entry.line}`;
    if ('problem' in entry) {
      issues.note('malformed', `${place}: ${entry.problem}`);
      return [];
    }
    if (entry.classIndex >= classCount) {
      issues.note('unknown-class', `class ${entry.classIndex} of ${classCount} in ${place}`);
      return [];
    }
    const box = cleanBox({ ...entry, area: undefined, crowd: false }, size, place, issues);
    return box ? [box] : [];
  });
}

async function assemble(
  source: string,
  imageSet: ImageSet,
  labelled: readonly Labelled[],
  classes: readonly string[],
  issues: LabelIssues,
  options: LabelOptions,
): Promise<GroundTruth> {
  const sizes = await readImageSizes(imageSet.files, issues, laterHalf(options));
  const labelOf = new Map(labelled.map((entry) => [entry.image, entry]));
  const images = imageSet.files.flatMap((image): LabelledImage[] => {
    const size = sizes.get(image);
    if (size === undefined) return [];
    const entry = labelOf.get(image);
    if (entry === undefined) issues.note('background-image', image.file);
    const boxes = entry ? boxesOf(entry, size, classes.length, issues) : [];
    return [{ file: image.file, ...size, boxes }];
  });
  const problems = [...issues.examples('malformed'), ...issues.examples('unknown-class')];
  if (problems.length > 0 && images.every((image) => image.boxes.length === 0)) {
    throw new Failure(
      'bad-input',
      `No label in ${source} can be used: ${problems.slice(0, 3).join('; ')}.`,
      'Expected lines of "class centre-x centre-y width height" with shares from 0 to 1 and classes that data.yaml names.',
    );
  }
  return { format: 'yolo', classes, images, warnings: issues.sentences() };
}

/**
 * Labels of a data set described by a data.yaml: first where the convention puts them for the images of the set,
 * else in the label folders of the splits that the file names. Images without a label file are background.
 */
export async function readYoloDataSet(
  dataYaml: DataYaml,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const issues = new LabelIssues();
  let labelled = await labelsByConvention(imageSet, options);
  const folders = [...new Set(dataYaml.splits.map(labelFolderOf))];
  if (labelled.length === 0) {
    const existing: string[] = [];
    for (const folder of folders) {
      const isThere = await listFiles(folder, options).then(
        () => true,
        (error) => {
          if (error instanceof Failure && error.code !== 'cancelled') return false;
          throw error;
        },
      );
      if (isThere) existing.push(folder);
    }
    // Files of the other splits fit no image and are no cause for a warning.
    labelled = await labelsInFolders(existing, imageSet, new LabelIssues(), options);
  }
  if (labelled.length === 0) {
    const example = imageSet.files[0] ? labelPathOf(imageSet.files[0].path) : '';
    throw noLabels(dataYaml.path, imageSet, [example, ...folders].join(', '));
  }
  return assemble(dataYaml.path, imageSet, labelled, dataYaml.classes, issues, options);
}

/** Class names for a folder of YOLO text: a data.yaml in or above it, classes.txt in it, or the caller's. */
async function classesNear(folder: string, options: LabelOptions): Promise<readonly string[]> {
  const dataYaml = await findDataYaml(folder);
  if (dataYaml) return dataYaml.classes;
  const listed = await readTextIfThere(resolve(folder, 'classes.txt'));
  if (listed !== undefined) {
    return listed
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }
  if (options.classNames) return options.classNames;
  throw new Failure(
    'bad-input',
    `The classes of the YOLO labels in ${folder} have no names: no data.yaml is in it or above it.`,
    'Give the data.yaml itself as labels, or put a classes.txt (one name a line) into the folder.',
  );
}

/** Labels in a folder of YOLO text files (with folders below it). Images without a label file are background. */
export async function readYoloFolder(
  folder: string,
  imageSet: ImageSet,
  options: LabelOptions,
): Promise<GroundTruth> {
  const issues = new LabelIssues();
  const classes = await classesNear(folder, options);
  const labelled = await labelsInFolders([resolve(folder)], imageSet, issues, options);
  if (labelled.length === 0) {
    const [example] = withExtension(await listFiles(folder, options), '.txt');
    throw noLabels(folder, imageSet, `names like ${imageSet.files[0]?.file}, found ${example ?? 'nothing'}`);
  }
  return assemble(folder, imageSet, labelled, classes, issues, options);
}
