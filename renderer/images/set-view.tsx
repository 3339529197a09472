/** What is in the set that is looked at: its images, its statistics, and a sample of it. */

import { useCallback, useRef, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { HostClient } from '../../contract/procedures/index.ts';
import { Button, EmptyState, Notice, type TabItem, Tabs } from '../design/index.ts';
import { FilterBar } from './filter-bar.tsx';
import { ImageGrid } from './image-grid.tsx';
import { everyImage, type ImageItem, type ImageSet } from './image-types.ts';
import { type ImagesState, imagesStore, type Sample, thumbnailSizes } from './images-store.ts';
import { LargeView } from './large-view.tsx';
import type { PageCache } from './page-cache.ts';
import { SampleView } from './sample-view.tsx';
import styles from './set-view.module.css';
import { SetWarnings } from './set-warnings.tsx';
import { type SlotName, setWarnings, slotTitles } from './set-words.ts';
import { StatisticsView } from './statistics-view.tsx';

const views = ['images', 'statistics', 'sample'] as const;
type View = (typeof views)[number];

export interface SetViewProps {
  readonly client: HostClient;
  readonly slot: SlotName;
  readonly set: ImageSet;
  readonly modelClasses: readonly string[];
  readonly view: string;
  readonly onView: (view: View) => void;
  readonly pictureUrl: (item: ImageItem, width: number) => string;
  readonly onAddLabels: () => void;
  readonly onUseSample: (sample: Sample) => void;
}

export function SetView({
  client,
  slot,
  set,
  modelClasses,
  view,
  onView,
  pictureUrl,
  onAddLabels,
  onUseSample,
}: SetViewProps) {
  const state = useStore(imagesStore);
  const { pages, boxes } = state;
  if (pages === null || boxes === null) return null;
  const items: readonly TabItem<View>[] = [
    {
      value: 'images',
      label: 'Images',
      content: <ImagesTab {...{ client, slot, set, state, pages, pictureUrl, modelClasses }} />,
    },
    {
      value: 'statistics',
      label: 'Statistics',
      content: (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className={styles.scrolling} aria-label="Statistics" tabIndex={0}>
          <StatisticsView
            client={client}
            store={imagesStore}
            set={set}
            statistics={state.statistics}
            onAddLabels={onAddLabels}
          />
        </section>
      ),
    },
    {
      value: 'sample',
      label: 'Representative sample',
      content: (
        <div className={styles.scrolling}>
          <SampleView
            client={client}
            store={imagesStore}
            set={set}
            sample={state.sample}
            onUse={onUseSample}
            onLook={() => {
              imagesStore.filterBy(client, { ...everyImage, state: 'picked' });
              onView('images');
            }}
          />
        </div>
      ),
    },
  ];
  return (
    <div className={styles.view}>
      <Tabs
        fill
        label={`Views of the ${slotTitles[slot].toLowerCase()}`}
        value={views.find((known) => known === view) ?? 'images'}
        onChange={onView}
        items={items}
      />
    </div>
  );
}

interface ImagesTabProps {
  readonly client: HostClient;
  readonly slot: SlotName;
  readonly set: ImageSet;
  readonly state: ImagesState;
  readonly pages: PageCache;
  readonly pictureUrl: SetViewProps['pictureUrl'];
  readonly modelClasses: readonly string[];
}

function ImagesTab({ client, slot, set, state, pages, pictureUrl, modelClasses }: ImagesTabProps) {
  useSyncExternalStore(pages.subscribe, pages.version);
  const { filter, boxes, active, labelsShown, size } = state;
  const total = pages.total();
  const grid = useRef<HTMLDivElement>(null);
  const open = useCallback((position: number) => {
    imagesStore.activate(position);
    imagesStore.enlarge(true);
  }, []);
  const filtered =
    filter !== everyImage && (filter.state !== 'all' || filter.classIndex !== null || filter.text !== '');
  const warnings = setWarnings(slot, set, modelClasses);
  if (boxes === null) return null;
  return (
    <>
      <SetWarnings
        warnings={warnings}
        onLook={(state) => imagesStore.filterBy(client, { ...everyImage, state })}
      />
      <FilterBar
        set={set}
        filter={filter}
        picked={state.sample.state === 'ready'}
        onFilter={(change) => imagesStore.filterBy(client, change)}
        shown={total}
        labelsShown={labelsShown}
        onLabelsShown={imagesStore.showLabels}
        size={size}
        onSize={imagesStore.resize}
      />
      {state.failure !== null && (
        <Notice
          live
          severity="error"
          title={state.failure.message}
          action={<Button onClick={imagesStore.retry}>Try again</Button>}
        >
          {state.failure.remedy}
        </Notice>
      )}
      {total === 0 && filtered ? (
        <EmptyState
          title="No image passes this filter"
          text={
            set.phase === 'ready'
              ? 'Widen the filter to see others.'
              : 'The set is still being looked into; more may come.'
          }
          action={<Button onClick={() => imagesStore.filterBy(client, everyImage)}>Show all images</Button>}
        />
      ) : (
        <ImageGrid
          element={grid}
          label={`Images of the ${slotTitles[slot].toLowerCase()}`}
          pages={pages}
          boxes={labelsShown && set.labels !== null ? boxes : null}
          minimumWidth={thumbnailSizes[size]}
          active={active}
          onActivate={imagesStore.activate}
          onOpen={open}
          pictureUrl={pictureUrl}
          covered={state.enlarged}
          expected={filtered ? 0 : set.files}
        />
      )}
      <LargeView
        open={state.enlarged}
        onClose={() => imagesStore.enlarge(false)}
        opener={grid}
        pages={pages}
        boxes={boxes}
        position={active}
        total={total ?? set.files}
        onMove={imagesStore.activate}
        classNames={set.classNames}
        labelsShown={labelsShown}
        onLabelsShown={imagesStore.showLabels}
        pictureUrl={pictureUrl}
      />
    </>
  );
}
