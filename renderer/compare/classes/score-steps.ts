/** Distributions of detection scores as step lines on a logarithmic scale, one picture for each class. */

import type { Precision, Report } from '../report-parts.ts';

export interface ScoreLine {
  readonly precision: Precision;
  readonly counts: readonly number[];
  /** Detections with a score of 0.5 and more. */
  readonly sure: number;
}

export interface ScorePicture {
  readonly name: string;
  readonly lines: readonly ScoreLine[];
  /** Largest count of any bin and precision. */
  readonly top: number;
  /** Precisions whose scores lie in a narrower range than FP32's, with the threshold to use instead. */
  readonly squeezed: readonly {
    readonly precision: Precision;
    readonly ratio: number;
    readonly threshold: number;
  }[];
  /** How far the sure detections of the worst precision are from FP32's, relative; orders the pictures. */
  readonly change: number;
}

function sureCount(counts: readonly number[]): number {
  return counts.slice(Math.ceil(counts.length / 2)).reduce((sum, count) => sum + count, 0);
}

/** One picture for each class that has detections in any precision, largest change first. */
export function scorePictures(report: Report): readonly ScorePicture[] {
  const names =
    report.results.find(({ scoreHistograms }) => scoreHistograms.length > 0)?.scoreHistograms ?? [];
  const pictures = names.map(({ name }, index): ScorePicture => {
    const lines = report.results.flatMap(({ precision, scoreHistograms }) => {
      const counts = scoreHistograms[index]?.counts ?? [];
      return counts.length > 0 ? [{ precision, counts, sure: sureCount(counts) }] : [];
    });
    const reference = lines.find(({ precision }) => precision === 'fp32')?.sure ?? 0;
    return {
      name,
      lines,
      top: Math.max(0, ...lines.flatMap(({ counts }) => counts)),
      squeezed: report.results.flatMap(({ precision, agreement }) => {
        const found = agreement?.perClass.find((entry) => entry.name === name)?.squeezedScores;
        return found ? [{ precision, ratio: found.ratio, threshold: found.suggestedThreshold }] : [];
      }),
      change: Math.max(0, ...lines.map(({ sure }) => Math.abs(sure - reference) / Math.max(1, reference))),
    };
  });
  return pictures
    .filter(({ top }) => top > 0)
    .sort((a, b) => b.squeezed.length - a.squeezed.length || b.change - a.change);
}

/** Path of the step line of `counts` in a box of `width` by `height`; heights by log(1 + count) over log(1 + top). */
export function stepPath(counts: readonly number[], top: number, width: number, height: number): string {
  const step = width / Math.max(1, counts.length);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return counts
    .map((count, bin) => {
      const y = round(height - (Math.log1p(count) / Math.log1p(Math.max(1, top))) * height);
      return `${bin === 0 ? 'M0 ' : 'V'}${y}H${round((bin + 1) * step)}`;
    })
    .join('');
}
