/** The three-head output of older YOLOv5 exports: its strides, and the anchors to decode it with. */

import { GraphEditor } from './graph.ts';
import { type ModelMetadata, metadataValue } from './metadata.ts';
import type { OnnxModel } from './model-file.ts';
import { inputDimensions } from './shapes.ts';
import { elementCount, floatValues } from './tensors.ts';

export type Anchors = readonly (readonly (readonly [number, number])[])[];

/** One head as its shape tells it. */
export interface RawHead {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** Rows of 5 + C numbers for each cell. */
  readonly anchors: number;
  /** 5 + C. */
  readonly perAnchor: number;
}

/** Anchors of the YOLOv5 P5 models trained on COCO, in input pixels, from the finest head to the coarsest. */
const cocoAnchors: Anchors = [
  [
    [10, 13],
    [16, 30],
    [33, 23],
  ],
  [
    [30, 61],
    [62, 45],
    [59, 119],
  ],
  [
    [116, 90],
    [156, 198],
    [373, 326],
  ],
];

/**
 * Reads heads [B, A, H, W, 5+C] or [B, A*(5+C), H, W], finest first. Undefined when the shapes are no such heads: there
 * must be at least two, alike in anchors and classes, each half the size of the one before.
 * @param classCount from the metadata; without it three anchors are assumed for the four-dimensional form.
 */
export function rawHeads(
  shapes: readonly (readonly [string, readonly number[]])[],
  classCount: number | undefined,
): RawHead[] | undefined {
  const heads: RawHead[] = [];
  for (const [name, dims] of shapes) {
    if (dims.length === 5) {
      const [, anchors = 0, height = 0, width = 0, perAnchor = 0] = dims;
      heads.push({ name, height, width, anchors, perAnchor });
    } else if (dims.length === 4) {
      const [, channels = 0, height = 0, width = 0] = dims;
      const anchors = classCount === undefined ? 3 : channels / (5 + classCount);
      heads.push({ name, height, width, anchors, perAnchor: channels / anchors });
    }
  }
  heads.sort((a, b) => b.height * b.width - a.height * a.width);
  const [first] = heads;
  if (first === undefined || heads.length < 2 || heads.length > 4) return undefined;
  const regular = heads.every((head, level) => {
    const before = heads[level - 1];
    const halved =
      before === undefined ||
      (Math.ceil(before.height / 2) === head.height && Math.ceil(before.width / 2) === head.width);
    return halved && head.anchors === first.anchors && head.perAnchor === first.perAnchor;
  });
  const whole = Number.isInteger(first.anchors) && Number.isInteger(first.perAnchor);
  const fitsClasses = classCount === undefined || first.perAnchor === 5 + classCount;
  const plausible = first.anchors >= 1 && first.anchors <= 9 && first.perAnchor >= 6;
  return regular && whole && fitsClasses && plausible ? heads : undefined;
}

/** Pixels of the input for each cell of each head: from the input's height if fixed, else from the metadata, else 32. */
export function rawStrides(
  model: OnnxModel,
  heads: readonly RawHead[],
  metadata: ModelMetadata,
): { strides: number[]; assumed: boolean } {
  const image = [...inputDimensions(model).values()].find((dims) => dims.length === 4);
  const height = image?.[2];
  if (typeof height === 'number') {
    const strides = heads.map((head) => height / head.height);
    if (strides.every(Number.isInteger)) return { strides, assumed: false };
  }
  const coarsest = metadata.stride ?? 32;
  const strides = heads.map((_, level) => coarsest / 2 ** (heads.length - 1 - level));
  return { strides, assumed: metadata.stride === null };
}

function shapeAnchors(values: readonly number[], heads: readonly RawHead[]): Anchors | undefined {
  const perHead = heads[0]?.anchors ?? 0;
  if (values.length !== heads.length * perHead * 2) return undefined;
  if (!values.every((value) => Number.isFinite(value) && value > 0)) return undefined;
  return heads.map((_, level) =>
    Array.from({ length: perHead }, (_, anchor): [number, number] => {
      const at = (level * perHead + anchor) * 2;
      return [values[at] ?? 0, values[at + 1] ?? 0];
    }),
  );
}

/**
 * YOLOv5 keeps anchors in cells of their head, or as an "anchor grid" in pixels. An anchor of the coarsest head smaller
 * than one cell in pixels would be odd, so small numbers there are cells.
 */
function toPixels(anchors: Anchors, strides: readonly number[]): Anchors {
  const coarsest = Math.max(...(anchors.at(-1) ?? []).flat());
  if (coarsest > (strides.at(-1) ?? 32)) return anchors;
  return anchors.map((level, i) =>
    level.map(([w, h]) => [w * (strides[i] ?? 1), h * (strides[i] ?? 1)] as const),
  );
}

function flatNumbers(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(flatNumbers);
  return typeof value === 'number' ? [value] : [];
}

/** Anchors in input pixels for each head, from the metadata, else from the graph's constants, else YOLOv5's defaults. */
export function rawAnchors(
  model: OnnxModel,
  heads: readonly RawHead[],
  strides: readonly number[],
): { anchors: Anchors; origin: string } | undefined {
  const stated = shapeAnchors(flatNumbers(metadataValue(model, 'anchors')), heads);
  if (stated) return { anchors: toPixels(stated, strides), origin: 'anchors from the metadata' };
  const graph = model.proto.graph;
  if (graph) {
    const editor = new GraphEditor(graph);
    const wanted = heads.length * (heads[0]?.anchors ?? 0) * 2;
    const names = [...graph.initializer.map((t) => t.name), ...graph.node.flatMap((n) => n.output)];
    for (const name of names.filter((n) => /anchor/i.test(n))) {
      const tensor = editor.constantValue(name);
      if (!tensor || elementCount(tensor.dims) !== wanted) continue;
      const found = shapeAnchors([...floatValues(tensor)], heads);
      if (found) return { anchors: toPixels(found, strides), origin: `anchors from ${name}` };
    }
  }
  const fits = heads.length === cocoAnchors.length && heads[0]?.anchors === cocoAnchors[0]?.length;
  return fits
    ? { anchors: cocoAnchors, origin: "YOLOv5's default COCO anchors, since the model states none" }
    : undefined;
}
