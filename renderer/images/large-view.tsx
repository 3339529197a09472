/** One image as large as the window allows, with its labels, and the way to its neighbours. */

import { Dialog } from 'radix-ui';
import { type KeyboardEvent, type RefObject, useEffect, useState, useSyncExternalStore } from 'react';
import { formatCount } from '../design/format.ts';
import { ChevronLeftIcon, ChevronRightIcon, CloseIcon } from '../design/icons.tsx';
import { IconButton, Skeleton, Switch, Tag } from '../design/index.ts';
import type { BoxCache } from './box-cache.ts';
import { BoxOverlay } from './box-overlay.tsx';
import { classColor } from './class-colors.ts';
import type { ImageBox, ImageItem } from './image-types.ts';
import styles from './large-view.module.css';
import type { PageCache } from './page-cache.ts';
import { plural } from './set-words.ts';

export interface LargeViewProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** What gets the focus back. */
  readonly opener: RefObject<HTMLElement | null>;
  readonly pages: PageCache;
  readonly boxes: BoxCache;
  readonly position: number;
  readonly total: number;
  readonly onMove: (position: number) => void;
  readonly classNames: readonly string[];
  readonly labelsShown: boolean;
  readonly onLabelsShown: (shown: boolean) => void;
  readonly pictureUrl: (item: ImageItem, width: number) => string;
}

const pictureWidth = 1600;

/** Where a key leads; null for keys that move nothing. */
function moved(key: string, position: number, total: number): number | null {
  const last = Math.max(0, total - 1);
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowUp':
    case 'PageUp':
      return Math.max(0, position - 1);
    case 'ArrowRight':
    case 'ArrowDown':
    case 'PageDown':
    case ' ':
      return Math.min(last, position + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

export function LargeView({
  open,
  onClose,
  opener,
  pages,
  boxes,
  position,
  total,
  onMove,
  classNames,
  labelsShown,
  onLabelsShown,
  pictureUrl,
}: LargeViewProps) {
  useSyncExternalStore(pages.subscribe, pages.version);
  useSyncExternalStore(boxes.subscribe, boxes.version);
  useEffect(() => {
    if (open) pages.look(Math.max(0, position - 2), position + 2);
  }, [open, pages, position]);
  const item = open ? pages.at(position) : undefined;
  const found = item !== undefined && (item.labels ?? 0) > 0 ? boxes.want(item.index) : [];

  const onKeyDown = (event: KeyboardEvent) => {
    // A switch has its own use of the space bar.
    if (event.key === ' ' && event.target instanceof HTMLButtonElement) return;
    const next = moved(event.key, position, total);
    if (next === null) return;
    event.preventDefault();
    onMove(next);
  };

  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.scrim} />
        <Dialog.Content
          className={styles.view}
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            opener.current?.focus({ preventScroll: true });
          }}
          onOpenAutoFocus={(event) => {
            // The picture has the keys at first, not the first switch.
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
        >
          <header className={styles.head}>
            <Dialog.Title className={styles.title}>{item?.file ?? 'Image'}</Dialog.Title>
            <span className={styles.place} aria-live="polite">
              {formatCount(position + 1)} of {formatCount(total)}
            </span>
            <div className={styles.tools}>
              <Switch label="Labels" checked={labelsShown} onChange={onLabelsShown} />
              <IconButton
                label="Previous image"
                shortcut="←"
                disabled={position === 0}
                onClick={() => onMove(position - 1)}
              >
                <ChevronLeftIcon />
              </IconButton>
              <IconButton
                label="Next image"
                shortcut="→"
                disabled={position >= total - 1}
                onClick={() => onMove(position + 1)}
              >
                <ChevronRightIcon />
              </IconButton>
              <Dialog.Close asChild>
                <IconButton label="Close" shortcut="Esc">
                  <CloseIcon />
                </IconButton>
              </Dialog.Close>
            </div>
          </header>
          <div className={styles.body}>
            <LargePicture
              key={item?.index ?? `position-${position}`}
              item={item}
              boxes={labelsShown ? found : []}
              classNames={classNames}
              pictureUrl={pictureUrl}
            />
            {item !== undefined && <ImageFacts item={item} boxes={found} classNames={classNames} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function LargePicture({
  item,
  boxes,
  classNames,
  pictureUrl,
}: {
  readonly item: ImageItem | undefined;
  readonly boxes: readonly ImageBox[] | undefined;
  readonly classNames: readonly string[];
  readonly pictureUrl: LargeViewProps['pictureUrl'];
}) {
  const [failed, setFailed] = useState(false);
  if (item === undefined) {
    return (
      <div className={styles.stage} aria-busy="true">
        <Skeleton height="100%" />
      </div>
    );
  }
  if (item.state === 'unreadable' || failed) {
    return (
      <div className={styles.stage}>
        <p className={styles.unreadable}>{item.reason ?? 'The picture did not come.'}</p>
      </div>
    );
  }
  return (
    <div className={styles.stage}>
      {/* The thumbnail is there already and fills the time until the large picture has come. */}
      <img className={styles.picture} src={pictureUrl(item, 320)} alt="" aria-hidden="true" />
      <img
        className={styles.picture}
        src={pictureUrl(item, pictureWidth)}
        alt={item.file}
        onError={() => setFailed(true)}
      />
      {boxes !== undefined && (
        <BoxOverlay boxes={boxes} width={item.width} height={item.height} classNames={classNames} />
      )}
    </div>
  );
}

/** How many boxes of each class, most first. */
export function boxesByClass(
  boxes: readonly ImageBox[],
): readonly { readonly classIndex: number; readonly count: number }[] {
  const counts = new Map<number, number>();
  for (const { classIndex } of boxes) counts.set(classIndex, (counts.get(classIndex) ?? 0) + 1);
  return [...counts]
    .map(([classIndex, count]) => ({ classIndex, count }))
    .sort((a, b) => b.count - a.count || a.classIndex - b.classIndex);
}

function ImageFacts({
  item,
  boxes,
  classNames,
}: {
  readonly item: ImageItem;
  readonly boxes: readonly ImageBox[] | undefined;
  readonly classNames: readonly string[];
}) {
  return (
    <footer className={styles.facts}>
      {item.width !== null && item.height !== null && (
        <span>
          {item.width} × {item.height} pixels
        </span>
      )}
      {item.state === 'duplicate' && <Tag tone="warning">Duplicate: {item.reason}</Tag>}
      {item.state === 'unreadable' && <Tag tone="error">Unreadable</Tag>}
      {item.labels !== null && <span>{plural(item.labels, 'label')}</span>}
      {boxesByClass(boxes ?? []).map(({ classIndex, count }) => (
        <span key={classIndex} className={styles.class}>
          <span className={styles.swatch} style={{ background: classColor(classIndex) }} />
          {classNames[classIndex] ?? `class ${classIndex}`} {count}
        </span>
      ))}
    </footer>
  );
}
