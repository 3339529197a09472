/** Lets the host pick a representative sample by content, says why these, and makes a calibration set of them. */

import { useState } from 'react';
import type { HostClient } from '../../contract/procedures/index.ts';
import { Button, Notice, NumberField, Panel, ProgressBar } from '../design/index.ts';
import type { ImageSet } from './image-types.ts';
import type { ImagesStore, Loadable, Sample } from './images-store.ts';
import { proposedCount, smallSet } from './sample-size.ts';
import styles from './sample-view.module.css';
import { plural, usableImages } from './set-words.ts';

export interface SampleViewProps {
  readonly client: HostClient;
  readonly store: ImagesStore;
  readonly set: ImageSet;
  readonly sample: Loadable<Sample>;
  readonly onUse: (sample: Sample) => void;
  readonly onLook: () => void;
}

const mostPicked = 10_000;

export function SampleView({ client, store, set, sample, onUse, onLook }: SampleViewProps) {
  const usable = usableImages(set);
  const most = Math.max(1, Math.min(mostPicked, usable));
  const [count, setCount] = useState<number | null>(null);
  const asked = count ?? proposedCount(usable);
  const wrong =
    !Number.isInteger(asked) || asked < 1 || asked > most
      ? `Give a whole number from 1 to ${most.toLocaleString('en')}.`
      : null;
  const early = set.phase === 'scanning';
  const pick = () => void store.pickSample(client, set.source, asked);
  return (
    <Panel
      title="Pick a representative sample"
      description="Calibration learns from what it sees. A few hundred images that differ are worth more than thousands that look alike."
    >
      <div className={styles.view}>
        <div className={styles.form}>
          <NumberField
            label="Images to pick"
            value={count ?? proposedCount(usable)}
            onChange={(value) => setCount(value ?? 0)}
            min={1}
            max={most}
            error={usable > 0 ? wrong : null}
          />
          {sample.state === 'loading' ? (
            <Button onClick={() => store.cancelSample()}>Stop picking</Button>
          ) : (
            <Button variant="primary" disabled={wrong !== null || early || usable === 0} onClick={pick}>
              {sample.state === 'ready' ? 'Pick again' : `Pick ${plural(asked, 'image')}`}
            </Button>
          )}
        </div>
        <SampleResult sample={sample} onUse={onUse} onLook={onLook} onRetry={pick} />
        {sample.state === 'none' && (
          <p className={styles.how}>
            {early
              ? 'As soon as all files are found, a sample can be picked.'
              : set.phase === 'ready' && usable <= smallSet
                ? `With ${plural(usable, 'usable image')} this set is small enough to be used whole; a sample of it would leave something out.`
                : 'The host looks at a small picture of every image, gathers those that look alike, and takes one of each group. Duplicates and unreadable images are left out. The same set always gives the same sample.'}
          </p>
        )}
      </div>
    </Panel>
  );
}

function SampleResult({
  sample,
  onUse,
  onLook,
  onRetry,
}: Pick<SampleViewProps, 'sample' | 'onUse' | 'onLook'> & { readonly onRetry: () => void }) {
  switch (sample.state) {
    case 'none':
      return null;
    case 'loading':
      return (
        <div className={styles.busy} role="status">
          <p>Comparing the images by content…</p>
          <ProgressBar label="Picking a sample" value={null} />
        </div>
      );
    case 'failed':
      return (
        <Notice
          live
          severity="error"
          title={sample.failure.message}
          action={<Button onClick={onRetry}>Try again</Button>}
        >
          {sample.failure.remedy}
        </Notice>
      );
    case 'ready':
      return (
        <Notice live severity="ok" title={`${plural(sample.value.count, 'image')} picked`}>
          <p>{sample.value.reason}</p>
          <p className={styles.file}>{sample.value.listFile}</p>
          <div className={styles.actions}>
            <Button variant="primary" onClick={() => onUse(sample.value)}>
              Use as calibration set
            </Button>
            <Button onClick={onLook}>Look at them</Button>
          </div>
        </Notice>
      );
  }
}
