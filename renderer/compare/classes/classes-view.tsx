/** Class by class: average precision with what was lost, and how the scores of the detections are spread. */

import { filePaths } from '../../../contract/procedures/index.ts';
import { EmptyState } from '../../design/index.ts';
import type { Report } from '../report-parts.ts';
import { ClassTable } from './class-table.tsx';
import styles from './classes-view.module.css';
import { ScorePictures } from './score-pictures.tsx';
import { scorePictures } from './score-steps.ts';

interface ClassesViewProps {
  readonly run: string;
  readonly report: Report;
  readonly filesUrl: (path: string) => string;
}

export function ClassesView({ run, report, filesUrl }: ClassesViewProps) {
  const pictures = scorePictures(report);
  const measured = report.results.some(({ accuracy }) => accuracy !== null);
  if (!measured && pictures.length === 0) {
    return (
      <EmptyState
        title="Nothing is known about single classes"
        text="Give a run a validation set: with labels for average precision of each class, without them for the scores of its detections."
      />
    );
  }
  return (
    <div className={styles.view}>
      {measured && <ClassTable report={report} csvUrl={filesUrl(filePaths.csv(run, 'per-class'))} />}
      {pictures.length > 0 && <ScorePictures run={run} report={report} pictures={pictures} />}
    </div>
  );
}
