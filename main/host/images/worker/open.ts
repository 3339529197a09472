/** The task that lists an image set and reads its labels, both told piece by piece. */

import { realpath, stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { isFailure } from '../../../../core/base/failure.ts';
import { fileFailure } from '../../../../core/base/files.ts';
import { yieldToEventLoop } from '../../../../core/base/work.ts';
import { type ImageSet, scanImages } from '../../../../core/images/image-set.ts';
import { boxSizeHistogram, type SizeHistogram } from '../../../../core/labels/box-sizes.ts';
import { labelStatistics } from '../../../../core/labels/class-statistics.ts';
import type { GroundTruth } from '../../../../core/labels/ground-truth.ts';
import { readLabels } from '../../../../core/labels/read-labels.ts';
import type { TaskWork } from './task-work.ts';

export interface OpenInput {
  /** Folder, list file or image. */
  readonly source: string;
  readonly labels: string | null;
  readonly classNames: readonly string[];
  /** Folders below which the files of a list must lie; empty: everywhere. */
  readonly roots: readonly string[];
}

/** Labels of successive images; boxes lie one after the other. */
export interface LabelChunk {
  readonly kind: 'labels';
  /** Index of the first image. */
  readonly from: number;
  /** Boxes of each image; -1 where the labels do not list it. */
  readonly counts: Int32Array;
  readonly classes: Uint32Array;
  /** x1, y1, x2, y2 in pixels. */
  readonly corners: Float32Array;
}

export type OpenItem =
  | { readonly kind: 'root'; readonly root: string }
  /** Names relative to the root, in the order of the set. */
  | { readonly kind: 'files'; readonly files: readonly string[] }
  | { readonly kind: 'listed'; readonly warnings: readonly string[] }
  | LabelChunk;

export interface LabelSummary {
  readonly format: GroundTruth['format'];
  readonly classNames: readonly string[];
  /** Boxes here and below are counted without COCO's crowd regions. */
  readonly boxes: number;
  /** By class index. */
  readonly classes: readonly { readonly boxes: number; readonly images: number }[];
  readonly boxSizes: SizeHistogram;
}

export interface OpenOutput {
  readonly labels: LabelSummary | null;
  readonly warnings: readonly string[];
}

const firstFiles = 64;
const filesAtOnce = 1000;
const longestWaitMs = 50;
/** Boxes of one message: about 400 kB. */
const boxesAtOnce = 20_000;

async function rootOf(source: string): Promise<string> {
  const path = resolve(source);
  try {
    return (await stat(path)).isDirectory() ? path : dirname(path);
  } catch (error) {
    throw fileFailure(error, source, 'read');
  }
}

/** Sends files in batches: a small one at once, then large ones. */
class Batches {
  readonly #emit: TaskWork<OpenItem>['emit'];
  #files: string[] = [];
  #sentAt = performance.now();
  #sent = 0;

  constructor(emit: TaskWork<OpenItem>['emit']) {
    this.#emit = emit;
  }

  add(file: string): void {
    this.#files.push(file);
    const enough = this.#sent === 0 ? firstFiles : filesAtOnce;
    if (this.#files.length >= enough || performance.now() - this.#sentAt > longestWaitMs) this.flush();
  }

  flush(): void {
    if (this.#files.length > 0) this.#emit({ kind: 'files', files: this.#files });
    this.#sent += this.#files.length;
    this.#files = [];
    this.#sentAt = performance.now();
  }
}

/** A list may name any file; those outside of the roots are not for this client. */
async function insideRoots(set: ImageSet, roots: readonly string[]): Promise<ImageSet> {
  const allowed = await Promise.all(
    set.files.map(async ({ path }) => {
      const real = await realpath(path).catch(() => path);
      return roots.some((root) => real === root || real.startsWith(root + sep));
    }),
  );
  const files = set.files.filter((_, index) => allowed[index]);
  const outside = set.files
    .filter((_, index) => !allowed[index])
    .map(({ file }) => ({ file, reason: 'outside of the allowed folders' }));
  return { ...set, files, ignored: [...set.ignored, ...outside] };
}

/** What a person may have expected to see: files that nobody takes for images are not worth a word. */
function warningsOf(set: ImageSet): string[] {
  const counts = new Map<string, { count: number; example: string }>();
  for (const { file, reason } of set.ignored) {
    if (reason === 'hidden' || reason === 'not an image') continue;
    const known = counts.get(reason);
    if (known) known.count++;
    else counts.set(reason, { count: 1, example: file });
  }
  return [...counts].map(
    ([reason, { count, example }]) =>
      `${count} ${count === 1 ? 'entry was' : 'entries were'} left out (${reason}), e.g. ${example}.`,
  );
}

async function list(input: OpenInput, work: TaskWork<OpenItem>): Promise<ImageSet> {
  const root = await rootOf(input.source);
  work.emit({ kind: 'root', root });
  const batches = new Batches(work.emit);
  const isFolder = root === resolve(input.source);
  const checked = !isFolder && input.roots.length > 0;
  const scanned = await scanImages(input.source, {
    signal: work.signal,
    onFile: checked ? undefined : ({ file }) => batches.add(file),
  });
  const set = checked ? await insideRoots(scanned, input.roots) : scanned;
  if (checked) for (const { file } of set.files) batches.add(file);
  batches.flush();
  work.emit({ kind: 'listed', warnings: warningsOf(set) });
  return set;
}

async function sendLabels(truth: GroundTruth, set: ImageSet, work: TaskWork<OpenItem>): Promise<void> {
  const byFile = new Map(truth.images.map((image) => [image.file, image.boxes]));
  const { files } = set;
  for (let from = 0; from < files.length; ) {
    let boxes = 0;
    let to = from;
    while (to < files.length && (to === from || boxes < boxesAtOnce)) {
      boxes += byFile.get(files[to]?.file ?? '')?.length ?? 0;
      to++;
    }
    const counts = new Int32Array(to - from);
    const classes = new Uint32Array(boxes);
    const corners = new Float32Array(boxes * 4);
    let at = 0;
    for (let index = from; index < to; index++) {
      const own = byFile.get(files[index]?.file ?? '');
      counts[index - from] = own?.length ?? -1;
      for (const box of own ?? []) {
        classes[at] = box.classIndex;
        corners.set([box.x1, box.y1, box.x2, box.y2], at * 4);
        at++;
      }
    }
    work.emit({ kind: 'labels', from, counts, classes, corners });
    from = to;
    await yieldToEventLoop();
  }
}

function summarise(truth: GroundTruth): LabelSummary {
  const { boxes, classes } = labelStatistics(truth);
  const counted = truth.images.flatMap((image) => image.boxes.filter(({ crowd }) => !crowd));
  const corners = new Float32Array(counted.length * 4);
  for (const [at, { x1, y1, x2, y2 }] of counted.entries()) corners.set([x1, y1, x2, y2], at * 4);
  return {
    format: truth.format,
    classNames: truth.classes,
    boxes,
    classes: classes.map((entry) => ({ boxes: entry.boxes, images: entry.images })),
    boxSizes: boxSizeHistogram(corners),
  };
}

/**
 * Labels that cannot be read are a warning: the images are there all the same.
 * @throws Failure `bad-input` when there is no image
 */
export async function open(input: OpenInput, work: TaskWork<OpenItem>): Promise<OpenOutput> {
  const set = await list(input, work);
  if (input.labels === null) return { labels: null, warnings: [] };
  try {
    const { classNames } = input;
    const truth = await readLabels(input.labels, set, {
      signal: work.signal,
      ...(classNames.length > 0 ? { classNames } : {}),
    });
    await sendLabels(truth, set, work);
    return { labels: summarise(truth), warnings: truth.warnings };
  } catch (error) {
    if (!isFailure(error) || error.code === 'cancelled') throw error;
    return { labels: null, warnings: [`The labels are not used. ${error.message} ${error.remedy}`] };
  }
}
