/** How many detections have which score, class by class, all precisions over each other. */

import { useState } from 'react';
import { formatCount, formatShare } from '../../design/format.ts';
import {
  Button,
  Panel,
  type Precision,
  PrecisionTag,
  precisionColor,
  precisionName,
} from '../../design/index.ts';
import { CsvButton } from '../charts/csv-link.tsx';
import type { Report } from '../report-parts.ts';
import styles from './classes-view.module.css';
import { type ScorePicture, stepPath } from './score-steps.ts';

const width = 320;
const height = 92;
const shownAtOnce = 12;

/** Line styles tell the precisions apart without colour; INT8 is drawn last and widest to see through. */
const dashes: Readonly<Record<Precision, string | undefined>> = { fp32: undefined, fp16: '5 3', int8: '2 2' };

interface ScorePicturesProps {
  readonly run: string;
  readonly report: Report;
  readonly pictures: readonly ScorePicture[];
}

export function ScorePictures({ run, report, pictures }: ScorePicturesProps) {
  const [all, setAll] = useState(false);
  return (
    <Panel
      title="Scores of the detections"
      description="How many detections have which score, on a logarithmic scale. Lines on top of each other are what you want; a line that ends early means squeezed scores, which need a lower threshold. Largest change first."
      actions={<CsvButton of="Scores" name={`${run}-scores.csv`} data={() => scoresCsv(pictures)} />}
    >
      <ul className={styles.legend}>
        {report.results.map(({ precision }) => (
          <li key={precision}>
            <svg width="28" height="8" aria-hidden="true">
              <ScoreLine precision={precision} path="M0 4H28" />
            </svg>
            <PrecisionTag precision={precision} />
          </li>
        ))}
      </ul>
      <div className={styles.multiples}>
        {(all ? pictures : pictures.slice(0, shownAtOnce)).map((picture) => (
          <Picture key={picture.name} picture={picture} />
        ))}
      </div>
      {!all && pictures.length > shownAtOnce && (
        <div className={styles.more}>
          <Button size="small" onClick={() => setAll(true)}>
            Show the other {formatCount(pictures.length - shownAtOnce)} classes
          </Button>
        </div>
      )}
    </Panel>
  );
}

function scoresCsv(pictures: readonly ScorePicture[]) {
  return {
    header: ['class', 'precision', 'score_from', 'score_to', 'detections'],
    rows: pictures.flatMap(({ name, lines }) =>
      lines.flatMap(({ precision, counts }) =>
        counts.map((count, bin) => [name, precision, bin / counts.length, (bin + 1) / counts.length, count]),
      ),
    ),
  };
}

function ScoreLine({ precision, path }: { readonly precision: Precision; readonly path: string }) {
  return (
    <path
      d={path}
      fill="none"
      stroke={precisionColor(precision)}
      strokeWidth={precision === 'fp32' ? 2.5 : 1.75}
      strokeLinejoin="round"
      strokeDasharray={dashes[precision]}
    />
  );
}

function Picture({ picture }: { readonly picture: ScorePicture }) {
  const { name, lines, top, squeezed } = picture;
  const totals = lines
    .map(({ precision, sure }) => `${precisionName(precision)} ${formatCount(sure)}`)
    .join(', ');
  return (
    <figure className={styles.picture}>
      <figcaption>
        {name}
        <small>≥ 0.5: {totals}</small>
        {squeezed.map(({ precision, ratio, threshold }) => (
          <small key={precision} className={styles.squeezed}>
            {precisionName(precision)} scores are squeezed to {formatShare(ratio)}: use a threshold of{' '}
            {threshold.toPrecision(2)}
          </small>
        ))}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height + 18}`}
        role="img"
        aria-label={`Scores of ${name}; detections with 0.5 and more: ${totals}`}
      >
        {[0, 0.25, 0.5, 0.75, 1].map((score) => (
          <line key={score} x1={score * width} x2={score * width} y1={0} y2={height} stroke="var(--grid)" />
        ))}
        {[0, 0.5, 1].map((score) => (
          <text
            key={score}
            x={score * width}
            y={height + 14}
            fontSize={11}
            fill="var(--soft)"
            textAnchor={score === 0 ? 'start' : score === 1 ? 'end' : 'middle'}
          >
            {score}
          </text>
        ))}
        <line x1={0} x2={width} y1={height} y2={height} stroke="var(--line-strong)" />
        {lines.map(({ precision, counts }) => (
          <ScoreLine key={precision} precision={precision} path={stepPath(counts, top, width, height)} />
        ))}
      </svg>
    </figure>
  );
}
