/** Calibration ranges: every tensor searched and sorted in a list, and the histogram of the chosen one. */

import { useMemo, useState } from 'react';
import { filePaths } from '../../../contract/procedures/index.ts';
import { formatBytes, formatDuration } from '../../design/format.ts';
import { SearchIcon } from '../../design/icons.tsx';
import { EmptyState, Notice, SelectField, TextField } from '../../design/index.ts';
import { CsvLink } from '../charts/csv-link.tsx';
import type { Report } from '../report-parts.ts';
import { plural } from '../report-parts.ts';
import styles from './calibration-view.module.css';
import { RangeDetail } from './range-detail.tsx';
import { RangeList } from './range-list.tsx';
import { chooseRanges, type RangeOrder, rangeRows } from './range-rows.ts';
import { Settling } from './settling.tsx';

interface CalibrationViewProps {
  readonly run: string;
  readonly report: Report;
  readonly filesUrl: (path: string) => string;
}

const orders: readonly { readonly value: RangeOrder; readonly label: string }[] = [
  { value: 'cut', label: 'Most of the range cut off' },
  { value: 'clipped', label: 'Most values clipped' },
  { value: 'amax', label: 'Largest range' },
  { value: 'name', label: 'Name' },
  { value: 'graph', label: 'Order in the graph' },
];

export function CalibrationView({ run, report, filesUrl }: CalibrationViewProps) {
  const { calibration } = report;
  const [text, setText] = useState('');
  const [order, setOrder] = useState<RangeOrder>('cut');
  const [chosen, setChosen] = useState<string | null>(null);
  const all = useMemo(() => rangeRows(calibration?.ranges ?? []), [calibration]);
  const rows = useMemo(() => chooseRanges(all, text, order), [all, text, order]);
  if (calibration === null) {
    return (
      <EmptyState
        title="This run has no calibration"
        text="Only INT8 needs one: it observes the range of every tensor on your images. Include INT8 and a calibration set in a run to see here what was clipped, tensor by tensor."
      />
    );
  }
  const row = rows.find(({ range }) => range.tensor === chosen) ?? rows[0];
  return (
    <div className={styles.view}>
      <CalibrationFacts calibration={calibration} />
      <div className={styles.panes}>
        <div className={styles.side}>
          <div className={styles.filters}>
            <TextField
              label="Find a tensor"
              hideLabel
              type="search"
              placeholder="Find a tensor"
              icon={<SearchIcon />}
              value={text}
              onChange={setText}
            />
            <SelectField label="Order" hideLabel value={order} onChange={setOrder} options={orders} />
          </div>
          <RangeList rows={rows} total={all.length} chosen={row?.range.tensor ?? null} onChoose={setChosen} />
          <div className={styles.foot}>
            <output>
              {rows.length === all.length
                ? plural(all.length, 'tensor')
                : `${rows.length} of ${plural(all.length, 'tensor')}`}
            </output>
            <CsvLink of="Calibration ranges" url={filesUrl(filePaths.csv(run, 'ranges'))} />
          </div>
        </div>
        <div className={styles.detail}>
          {row ? (
            <RangeDetail row={row} />
          ) : (
            <p className={styles.soft}>No tensor is called that. Any part of a name will do.</p>
          )}
        </div>
      </div>
      <Settling calibration={calibration} />
    </div>
  );
}

function CalibrationFacts({ calibration }: { readonly calibration: NonNullable<Report['calibration']> }) {
  const { method, percentile, images, cache, seconds, peakRssBytes, imported } = calibration;
  const by = method === 'percentile' && percentile !== null ? `percentile ${percentile}` : method;
  if (cache === 'reused-stale') {
    return (
      <Notice severity="warning" title="These ranges come, as ordered, from a stale cache of other inputs.">
        They were measured with another model, other images or other preprocessing. Calibrate anew before you
        trust INT8.
      </Notice>
    );
  }
  const origin = {
    computed: `measured over ${plural(images, 'image')} in ${formatDuration(seconds)}, ${formatBytes(peakRssBytes)} of memory at most`,
    reused: `from a calibration cache of the same model, ${plural(images, 'image')} and preprocessing`,
    imported: imported
      ? `imported from a TensorRT cache (${imported.calibrator}), ${imported.matched} of ${imported.scales} scales matched; values were not observed here`
      : 'imported from a TensorRT cache; values were not observed here',
  }[cache];
  return (
    <p className={styles.facts}>
      Ranges by <strong>{by}</strong>, {origin}. INT8 maps ±range to ±127; values beyond it are clipped.
    </p>
  );
}
