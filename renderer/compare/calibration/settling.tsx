/** Whether more images or another method would change the ranges: methods that were judged, and how ranges settled. */

import { formatShare } from '../../design/format.ts';
import { Panel, Table, Tag } from '../../design/index.ts';
import type { Report } from '../report-parts.ts';
import styles from './calibration-view.module.css';
import { settledInWords } from './settled-in-words.ts';

type Calibration = NonNullable<Report['calibration']>;

export function Settling({ calibration }: { readonly calibration: Calibration }) {
  const { candidates = [], convergence = [] } = calibration;
  if (candidates.length < 2 && convergence.length === 0) return null;
  return (
    <div className={styles.settling}>
      {candidates.length >= 2 && <Methods candidates={candidates} />}
      {convergence.length > 0 && <Convergence points={convergence} />}
    </div>
  );
}

function Methods({ candidates }: { readonly candidates: NonNullable<Calibration['candidates']> }) {
  const labelled = candidates.some(({ map5095 }) => map5095 !== null);
  return (
    <Panel
      flush
      title="Methods that were judged"
      description="Each built an INT8 engine; the best one was taken."
    >
      <Table label="Calibration methods" dense>
        <thead>
          <tr>
            <th scope="col">Method</th>
            {labelled && (
              <th scope="col" data-figure>
                mAP50-95
              </th>
            )}
            <th scope="col" data-figure>
              FP32’s boxes found again
            </th>
            <th scope="col" data-figure>
              Mean IoU
            </th>
            <th scope="col">Standing</th>
          </tr>
        </thead>
        <tbody>
          {candidates.map(({ method, percentile, map5095, matchedShare, meanIou, finite, taken }) => (
            <tr key={`${method}${percentile}`}>
              <th scope="row">{percentile === null ? method : `${method} ${percentile}`}</th>
              {labelled && <td data-figure>{map5095?.toFixed(4) ?? '\u2013'}</td>}
              <td data-figure>{formatShare(matchedShare)}</td>
              <td data-figure>{meanIou?.toFixed(3) ?? '\u2013'}</td>
              <td>
                {!finite ? <Tag tone="error">not finite</Tag> : taken ? <Tag tone="ok">taken</Tag> : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Convergence({ points }: { readonly points: NonNullable<Calibration['convergence']> }) {
  return (
    <Panel flush title="How the ranges settled" description={settledInWords(points)}>
      <Table label="Change of the ranges with the number of images" dense>
        <thead>
          <tr>
            <th scope="col">Images</th>
            <th scope="col" data-figure>
              Median change
            </th>
            <th scope="col" data-figure>
              Largest change
            </th>
            <th scope="col">Of</th>
          </tr>
        </thead>
        <tbody>
          {points.map(({ previousImages, images, medianChange, worstChange, worstTensor }) => (
            <tr key={images}>
              <th scope="row">
                {previousImages} to {images}
              </th>
              <td data-figure>{formatShare(medianChange)}</td>
              <td data-figure>{formatShare(worstChange)}</td>
              <td>
                <code>{worstTensor}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
