/** One of the two image sets of the project: what it is for, where it lies, how far its scan is. */

import { type ReactNode, useState } from 'react';
import type { ProjectSet } from '../app/project-store.ts';
import { formatCount } from '../design/format.ts';
import { FolderIcon, MoreIcon } from '../design/icons.tsx';
import { Button, classNames, IconButton, Menu, Notice, ProgressBar, Skeleton, Tag } from '../design/index.ts';
import type { KeptSample } from './kept-samples.ts';
import {
  baseName,
  phaseWords,
  plural,
  type SlotName,
  scanShare,
  slotTitles,
  usableImages,
} from './set-words.ts';
import styles from './slot-card.module.css';

const purposes: Readonly<Record<SlotName, string>> = {
  calibration: 'Shows INT8 which values occur. Labels are not needed.',
  validation: 'Judges every precision. With labels you get mAP.',
};

const emptyTexts: Readonly<Record<SlotName, string>> = {
  calibration: 'A few hundred typical images. Drop a folder here, or choose one.',
  validation: 'Images the detector was not trained on. Drop a folder here, or choose one.',
};

export interface SlotCardProps {
  readonly slot: SlotName;
  /** Null: nothing chosen. */
  readonly chosen: ProjectSet | null;
  /** Set when the set was picked from another one. */
  readonly sample: KeptSample | null;
  readonly shown: boolean;
  readonly onShow: () => void;
  readonly onChoose: () => void;
  /** Something is being dropped onto this card. */
  readonly onDropHere: () => void;
  readonly onChooseLabels: () => void;
  readonly onRemoveLabels: () => void;
  readonly onClear: () => void;
  readonly onRetry: () => void;
  readonly onUseWhole: () => void;
}

export function SlotCard(props: SlotCardProps) {
  const { slot, chosen, shown, onShow, onChoose, onDropHere } = props;
  const [hovered, setHovered] = useState(false);
  return (
    <section
      className={classNames(styles.card, shown && styles.shown, chosen === null && styles.vacant)}
      aria-labelledby={`slot-${slot}`}
      data-drop-over={hovered || undefined}
      onDragEnter={() => setHovered(true)}
      onDragOver={() => setHovered(true)}
      onDragLeave={() => setHovered(false)}
      onDropCapture={() => {
        // The window takes the drop; the address tells it which set was meant.
        setHovered(false);
        onDropHere();
      }}
    >
      <header className={styles.head}>
        <h2 className={styles.title} id={`slot-${slot}`}>
          {chosen === null ? (
            slotTitles[slot]
          ) : (
            <button type="button" className={styles.show} aria-pressed={shown} onClick={onShow}>
              {slotTitles[slot]}
            </button>
          )}
        </h2>
        <span className={styles.purpose}>{purposes[slot]}</span>
        {chosen !== null && <SlotMenu {...props} />}
      </header>
      {chosen === null ? (
        <div className={styles.empty}>
          <p>{emptyTexts[slot]}</p>
          <Button size="small" icon={<FolderIcon />} onClick={onChoose}>
            Choose images…
          </Button>
        </div>
      ) : (
        <SlotContent {...props} chosen={chosen} />
      )}
    </section>
  );
}

function SlotMenu({
  slot,
  chosen,
  sample,
  onChoose,
  onChooseLabels,
  onRemoveLabels,
  onClear,
  onUseWhole,
}: SlotCardProps) {
  return (
    <Menu
      trigger={
        <IconButton
          label={`Actions for the ${slotTitles[slot].toLowerCase()}`}
          size="small"
          className={styles.menu}
        >
          <MoreIcon />
        </IconButton>
      }
      items={[
        { label: 'Choose other images…', onSelect: onChoose },
        ...(sample === null ? [] : [{ label: 'Use the whole set it was picked from', onSelect: onUseWhole }]),
        { label: chosen?.labels == null ? 'Add labels…' : 'Choose other labels…', onSelect: onChooseLabels },
        ...(chosen?.labels == null ? [] : [{ label: 'Use it without labels', onSelect: onRemoveLabels }]),
        'separator',
        { label: 'Take it out of the project', onSelect: onClear, danger: true },
      ]}
    />
  );
}

function SlotContent({
  slot,
  chosen,
  sample,
  onRetry,
  onChoose,
  onChooseLabels,
}: SlotCardProps & { readonly chosen: ProjectSet }) {
  const { set, failure } = chosen;
  const source = sample?.source ?? chosen.source;
  return (
    <div className={styles.content}>
      <p className={styles.source} title={chosen.source}>
        {sample !== null && <span className={styles.from}>{plural(sample.count, 'image')} picked from </span>}
        <span className={styles.path}>
          <bdi>{source}</bdi>
        </span>
      </p>
      {failure !== null ? (
        <div className={styles.failure}>
          <Notice severity="error" title={failure.message}>
            {failure.remedy}
          </Notice>
          <div className={styles.buttons}>
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
            <Button size="small" onClick={onChoose}>
              Choose other images…
            </Button>
          </div>
        </div>
      ) : set === null ? (
        <div aria-busy="true">
          <Skeleton width="12rem" />
        </div>
      ) : (
        <Facts slot={slot} chosen={chosen} onChooseLabels={onChooseLabels} />
      )}
      {set?.phase === 'ready' && set.files === 0 && (
        <Button size="small" onClick={onChoose}>
          Choose other images…
        </Button>
      )}
    </div>
  );
}

const formatNames = { coco: 'COCO', yolo: 'YOLO', voc: 'Pascal VOC' } as const;

function Facts({
  slot,
  chosen: { set, labels },
  onChooseLabels,
}: {
  readonly slot: SlotName;
  readonly chosen: ProjectSet;
  readonly onChooseLabels: () => void;
}): ReactNode {
  if (set === null) return null;
  const busy = set.phase === 'scanning' || set.phase === 'examining';
  const share = scanShare(set);
  return (
    <>
      <div className={styles.facts}>
        <strong className={styles.count}>
          {set.phase === 'ready' ? plural(usableImages(set), 'usable image') : phaseWords(set)}
        </strong>
        {set.duplicates > 0 && <Tag tone="warning">{plural(set.duplicates, 'duplicate')}</Tag>}
        {set.unreadable > 0 && <Tag tone="error">{formatCount(set.unreadable)} unreadable</Tag>}
        {set.labels !== null ? (
          <span className={styles.labels} title={set.labels}>
            {set.labelFormat === null ? 'Labels' : `${formatNames[set.labelFormat]} labels`}:{' '}
            {baseName(set.labels)}
          </span>
        ) : (
          slot === 'validation' && (
            <button type="button" className={styles.link} onClick={onChooseLabels}>
              {labels === null ? 'Add labels…' : 'Choose labels…'}
            </button>
          )
        )}
      </div>
      {busy && (
        <div className={styles.progress}>
          <ProgressBar label={`${slotTitles[slot]}: ${phaseWords(set)}`} value={share} />
        </div>
      )}
    </>
  );
}
