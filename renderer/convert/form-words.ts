/** The words of the form: what each choice means, and how a folded part stands. */

import type { FormDraft, methods } from './form.ts';

type Method = (typeof methods)[number];

export const methodTexts: readonly {
  readonly value: Method;
  readonly title: string;
  readonly text: string;
}[] = [
  {
    value: 'mse',
    title: 'Least squared error',
    text: 'Tries many ranges for each tensor and keeps the one that changes its values least. Good on most detectors.',
  },
  {
    value: 'entropy',
    title: 'Entropy',
    text: 'Keeps the distribution of the values recognisable (KL divergence), as TensorRT’s own calibrator does. May cut off rare large values.',
  },
  {
    value: 'percentile',
    title: 'Percentile',
    text: 'Cuts off a fixed small share of the largest values. Simple, and easy to reason about.',
  },
  {
    value: 'minmax',
    title: 'Smallest to largest',
    text: 'Cuts off nothing. One freak value widens the range for all others, so small differences may drown.',
  },
];

const plural = (count: number | null, one: string, many = `${one}s`) =>
  count === null ? `? ${many}` : `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `640 × 640, letterboxed, RGB, batch 1`. */
export function inputWords(
  draft: FormDraft,
  modelSize: { readonly width: number; readonly height: number } | null,
): string {
  const width = draft.width ?? modelSize?.width;
  const height = draft.height ?? modelSize?.height;
  const parts = [
    width === undefined || height === undefined ? 'size not known' : `${width} × ${height}`,
    draft.resize === 'letterbox' ? 'letterboxed' : 'stretched',
    draft.color.toUpperCase(),
    `batch ${draft.batch ?? '?'}`,
  ];
  if (draft.values !== 'unit') parts.push(draft.values === 'bytes' ? '0 to 255' : 'own normalisation');
  return parts.join(', ');
}

/** `scores from 0.001, NMS at 0.6, at most 300`. */
export function detectionWords(draft: FormDraft): string {
  return `scores from ${draft.scoreThreshold ?? '?'}, NMS at ${draft.iouThreshold ?? '?'}, at most ${plural(draft.maxDetections, 'box', 'boxes')}`;
}

/** `100 calls after 10 to warm up, batches 1, 4, 8, all cores`. */
export function benchmarkWords(draft: FormDraft): string {
  const threads = draft.threads === null ? 'all cores' : plural(draft.threads, 'thread');
  return `${plural(draft.runs, 'call')} after ${draft.warmup ?? '?'} to warm up, batches ${draft.batches}, ${threads}`;
}

/** `at most 0.5 points of mAP lost`. */
export function demandWords(draft: FormDraft): string {
  const parts: string[] = [];
  if (draft.maxMapLoss !== null) parts.push(`at most ${plural(draft.maxMapLoss, 'point')} of mAP lost`);
  if (draft.keepOnlyIfFaster !== null) parts.push(`kept from ${draft.keepOnlyIfFaster} times as fast`);
  if (draft.allowLostDetections) parts.push('lost detections allowed');
  return parts.length === 0 ? 'none' : parts.join(', ');
}
