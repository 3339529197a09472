/** What a set is made of: boxes by class and by size, sizes of images, and what stands out. */

import { useEffect } from 'react';
import type { HostClient } from '../../contract/procedures/index.ts';
import { formatCount } from '../design/format.ts';
import { Button, EmptyState, Figure, Notice, Panel, Skeleton } from '../design/index.ts';
import { BarList } from './bar-list.tsx';
import { classColor } from './class-colors.ts';
import type { ImageSet, ImageStatistics } from './image-types.ts';
import type { ImagesStore, Loadable } from './images-store.ts';
import { usableImages } from './set-words.ts';
import styles from './statistics-view.module.css';
import { classBars, imageSizeBars, sizeBars, statisticsRemarks } from './statistics-words.ts';

export interface StatisticsViewProps {
  readonly client: HostClient;
  readonly store: ImagesStore;
  readonly set: ImageSet;
  readonly statistics: Loadable<ImageStatistics>;
  readonly onAddLabels: () => void;
}

export function StatisticsView({ client, store, set, statistics, onAddLabels }: StatisticsViewProps) {
  const { phase, id } = set;
  // Counted when first looked at, and again when the host has seen every image.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set or another phase is counted anew
  useEffect(() => {
    if (phase !== 'scanning' && phase !== 'failed') void store.loadStatistics(client);
  }, [client, store, phase, id]);

  if (statistics.state === 'failed') {
    return (
      <Notice
        severity="error"
        title={statistics.failure.message}
        action={<Button onClick={() => void store.loadStatistics(client)}>Try again</Button>}
      >
        {statistics.failure.remedy}
      </Notice>
    );
  }
  const value =
    statistics.state === 'ready'
      ? statistics.value
      : statistics.state === 'loading'
        ? statistics.before
        : null;
  if (value === null) {
    return (
      <div className={styles.columns} aria-busy="true">
        <Panel title="Boxes by class">
          <Skeleton lines={6} />
        </Panel>
        <Panel title="Sizes">
          <Skeleton lines={6} />
        </Panel>
      </div>
    );
  }
  return <StatisticsPanels set={set} value={value} onAddLabels={onAddLabels} />;
}

function StatisticsPanels({
  set,
  value,
  onAddLabels,
}: {
  readonly set: ImageSet;
  readonly value: ImageStatistics;
  readonly onAddLabels: () => void;
}) {
  const labelled = set.labels !== null;
  const remarks = labelled ? statisticsRemarks(value) : [];
  return (
    <div className={styles.view}>
      <div className={styles.figures}>
        <Figure
          label="Images"
          value={formatCount(set.files)}
          note={`${formatCount(usableImages(set))} usable`}
        />
        {labelled && (
          <>
            <Figure
              label="Boxes"
              value={formatCount(value.boxes)}
              note={`${(value.boxes / Math.max(1, set.files)).toFixed(1)} per image`}
            />
            <Figure
              label="Classes"
              value={formatCount(value.classes.length)}
              note={`${formatCount(value.classes.filter(({ boxes }) => boxes > 0).length)} with boxes`}
            />
          </>
        )}
        <Figure label="Image sizes" value={formatCount(value.imageSizes.length)} note="different ones" />
      </div>
      {remarks.map((remark) => (
        <Notice key={remark} severity="info" title={remark} />
      ))}
      <div className={styles.columns}>
        {labelled ? (
          <>
            <Panel title="Boxes by class">
              <BarList
                label="Boxes by class"
                columns={['Class', 'Boxes', 'Images']}
                bars={classBars(value)}
                colorOf={classColor}
              />
            </Panel>
            <Panel
              title="Boxes by size"
              description="Side of a square of the same area, in pixels of the image"
            >
              <BarList label="Boxes by size" columns={['Side', 'Boxes', 'Share']} bars={sizeBars(value)} />
            </Panel>
          </>
        ) : (
          <Panel>
            <EmptyState
              title="No labels, so no classes"
              text="With labels (COCO JSON, YOLO text or VOC XML) you see here which classes and box sizes the set is made of."
              action={<Button onClick={onAddLabels}>Add labels…</Button>}
            />
          </Panel>
        )}
        <Panel title="Sizes of the images" description="Width by height, in pixels">
          <BarList
            label="Sizes of the images"
            columns={['Size', 'Images', 'Share']}
            bars={imageSizeBars(value)}
          />
        </Panel>
      </div>
    </div>
  );
}
