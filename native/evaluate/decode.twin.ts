/** The decoder and its NMS written the plain way, class by class and box by box, to hold the C++ to. */

import { type DecodedBatch, type DecodedImage, type DecodeRequest, decodeLayouts } from './index.ts';

interface Candidate {
  readonly box: readonly [number, number, number, number];
  readonly score: number;
  readonly category: number;
}

const f = Math.fround;
const sigmoid = (x: number) => f(1 / (1 + Math.exp(-x)));

function fromCentre(cx: number, cy: number, w: number, h: number): Candidate['box'] {
  return [f(cx - f(w / 2)), f(cy - f(h / 2)), f(cx + f(w / 2)), f(cy + f(h / 2))];
}

function area([x1, y1, x2, y2]: Candidate['box']): number {
  return f(f(x2 - x1) * f(y2 - y1));
}

/** IoU in float32 with 1e-9 in the union. */
export function overlap(a: Candidate['box'], b: Candidate['box']): number {
  const w = Math.max(f(Math.min(a[2], b[2]) - Math.max(a[0], b[0])), 0);
  const h = Math.max(f(Math.min(a[3], b[3]) - Math.max(a[1], b[1])), 0);
  const intersection = f(w * h);
  return f(intersection / f(f(f(area(a) + area(b)) - intersection) + f(1e-9)));
}

const byFallingScore = (a: Candidate, b: Candidate) => b.score - a.score;

function suppress(candidates: readonly Candidate[], iouThreshold: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted(byFallingScore)) {
    if (kept.every((k) => overlap(k.box, candidate.box) <= f(iouThreshold))) kept.push(candidate);
  }
  return kept;
}

/** Every box of one image as (box, class scores), before threshold and NMS. */
function boxesOf(request: DecodeRequest, b: number): { box: Candidate['box']; scores: number[] }[] {
  const { classCount } = request;
  const { data, dims } = request.outputs[0]!;
  const found: { box: Candidate['box']; scores: number[] }[] = [];
  const classes = Array.from({ length: classCount }, (_, c) => c);
  if (request.layout === decodeLayouts.yolov5) {
    const [, rows, columns] = dims as unknown as [number, number, number];
    for (let r = 0; r < rows; r++) {
      const at = (k: number) => data[(b * rows + r) * columns + k]!;
      found.push({
        box: fromCentre(at(0), at(1), at(2), at(3)),
        scores: classes.map((c) => f(at(4) * at(5 + c))),
      });
    }
  } else if (request.layout === decodeLayouts.yolov8) {
    const [, channels, rows] = dims as unknown as [number, number, number];
    for (let r = 0; r < rows; r++) {
      const at = (k: number) => data[(b * channels + k) * rows + r]!;
      found.push({ box: fromCentre(at(0), at(1), at(2), at(3)), scores: classes.map((c) => at(4 + c)) });
    }
  } else {
    for (const head of request.outputs) {
      const anchors = head.anchors.length / 2;
      const height = head.dims[2]!;
      const width = head.dims[3]!;
      const channels = 5 + classCount;
      for (let a = 0; a < anchors; a++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const at = (k: number) =>
              head.dims.length === 5
                ? head.data[(((b * anchors + a) * height + y) * width + x) * channels + k]!
                : head.data[((b * anchors * channels + a * channels + k) * height + y) * width + x]!;
            const s = (k: number) => sigmoid(at(k));
            const box = fromCentre(
              f((2 * s(0) - 0.5 + x) * head.stride),
              f((2 * s(1) - 0.5 + y) * head.stride),
              f((2 * s(2)) ** 2 * head.anchors[2 * a]!),
              f((2 * s(3)) ** 2 * head.anchors[2 * a + 1]!),
            );
            found.push({ box, scores: classes.map((c) => f(s(4) * s(5 + c))) });
          }
        }
      }
    }
  }
  return found;
}

function rowsOf(request: DecodeRequest, b: number): Candidate[] {
  const { data, dims } = request.outputs[0]!;
  const columns = dims.at(-1)!;
  const rows = Array.from({ length: data.length / columns }, (_, r) =>
    Array.from(data.subarray(r * columns, (r + 1) * columns)),
  );
  if (request.layout === decodeLayouts['end-to-end']) {
    return rows.slice(b * dims[1]!, (b + 1) * dims[1]!).map(([x1, y1, x2, y2, score, c]) => ({
      box: [x1!, y1!, x2!, y2!],
      score: score!,
      category: Math.trunc(c!),
    }));
  }
  return rows
    .filter(([image]) => Math.trunc(image!) === b)
    .map(([, x1, y1, x2, y2, c, score]) => ({
      box: [x1!, y1!, x2!, y2!],
      score: score!,
      category: Math.trunc(c!),
    }));
}

function decodeImage(request: DecodeRequest, b: number): DecodedImage {
  const threshold = f(request.scoreThreshold);
  const kept: Candidate[] = [];
  if (request.layout === decodeLayouts['end-to-end'] || request.layout === decodeLayouts['nms-rows']) {
    kept.push(...rowsOf(request, b).filter((row) => row.score > threshold));
  } else {
    const boxes = boxesOf(request, b);
    for (let c = 0; c < request.classCount; c++) {
      const candidates = boxes
        .filter(({ scores }) => request.multiLabel || scores.indexOf(Math.max(...scores)) === c)
        .map(({ box, scores }) => ({ box, score: scores[c]!, category: c }))
        .filter(({ score }) => score > threshold);
      kept.push(...suppress(candidates, request.iouThreshold));
    }
  }
  const best = kept.toSorted(byFallingScore).slice(0, request.maxDetections);
  const [gainX, gainY, left, top, width, height] = request.transforms.subarray(
    6 * b,
    6 * b + 6,
  ) as unknown as [number, number, number, number, number, number];
  const x = (u: number) => Math.min(Math.max((u - left) / gainX, 0), width);
  const y = (v: number) => Math.min(Math.max((v - top) / gainY, 0), height);
  return {
    count: best.length,
    boxes: Float32Array.from(best.flatMap(({ box }) => [x(box[0]), y(box[1]), x(box[2]), y(box[3])])),
    scores: Float32Array.from(best.map(({ score }) => score)),
    classes: Int32Array.from(best.map(({ category }) => category)),
    nonFinite: new Float64Array(request.outputs.length),
  };
}

/** For finite outputs and rows that name images and classes that are there. */
export function decodeTwin(request: DecodeRequest): DecodedBatch {
  const images = request.transforms.length / 6;
  return { images: Array.from({ length: images }, (_, b) => decodeImage(request, b)), invalidRows: 0 };
}
