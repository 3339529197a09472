/** The step that writes report.json and report.html; it decodes pictures, so it has a process of its own too. */

import { writeFileAtomically } from '../../base/files.ts';
import { partOfProgress, throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import type { InputPicture, Report } from '../report.ts';
import { renderReportHtml } from '../report-html/render.ts';
import { embedPictures } from '../report-html/thumbnails.ts';
import type { TruthBoxes } from './evaluate.ts';

export interface WriteReportInput {
  readonly report: Report;
  readonly truth: TruthBoxes;
  /** From the check of the preprocessing. */
  readonly inputs: readonly InputPicture[];
  readonly jsonPath: string;
  readonly htmlPath: string;
}

/** @throws Failure `disk-full` or `not-writable`; `cancelled` */
export async function writeReport(input: WriteReportInput, work: WorkOptions): Promise<void> {
  const images = await embedPictures(input.report.differingImages, {
    signal: work.signal,
    onProgress: partOfProgress(work, 0, 0.8),
  });
  throwIfCancelled(work.signal);
  work.onProgress?.({ value: 0.8, description: 'writing report.html' });
  const { report, truth, inputs } = input;
  await writeFileAtomically(input.htmlPath, renderReportHtml(report, { images, truth, inputs }));
  await writeFileAtomically(input.jsonPath, `${JSON.stringify(report, null, 2)}\n`);
}
