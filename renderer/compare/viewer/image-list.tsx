/** The run's images by how much a precision differs, most first, in a virtualised list. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { classNames, Skeleton } from '../../design/index.ts';
import { nextPosition } from '../next-position.ts';
import type { ComparedImage } from '../report-parts.ts';
import styles from './viewer.module.css';

interface ImageListProps {
  readonly label: string;
  readonly total: number;
  readonly images: ReadonlyMap<number, ComparedImage>;
  /** Position in the list; -1 when it is not known. */
  readonly position: number;
  readonly onChoose: (position: number) => void;
  readonly onShow: (first: number, last: number) => void;
  readonly thumbnailUrl: (index: number) => string;
}

const rowHeight = 58;

export function ImageList({
  label,
  total,
  images,
  position,
  onChoose,
  onShow,
  thumbnailUrl,
}: ImageListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items[items.length - 1]?.index ?? 0;
  useEffect(() => onShow(first, last), [first, last, onShow]);
  useEffect(() => {
    if (position >= 0) virtualizer.scrollToIndex(position, { align: 'auto' });
  }, [position, virtualizer]);

  const move = (event: KeyboardEvent) => {
    const next = nextPosition(event.key, position, total, 8);
    if (next === null) return;
    event.preventDefault();
    onChoose(next);
  };
  return (
    <div
      ref={scroller}
      className={styles.list}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={position < 0 ? undefined : `${id}-${position}`}
      onKeyDown={move}
    >
      <div className={styles.sizer} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list box takes the keys for all its options
          // biome-ignore lint/a11y/useFocusableInteractive: the list box names the active option, which needs no focus
          <div
            key={index}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === position}
            aria-setsize={total}
            aria-posinset={index + 1}
            className={classNames(styles.row, index === position && styles.chosen)}
            style={{ height: rowHeight, transform: `translateY(${start}px)` }}
            onClick={() => onChoose(index)}
          >
            <ImageRow image={images.get(index)} thumbnailUrl={thumbnailUrl} />
          </div>
        ))}
      </div>
    </div>
  );
}

interface ImageRowProps {
  readonly image: ComparedImage | undefined;
  readonly thumbnailUrl: (index: number) => string;
}

function ImageRow({ image, thumbnailUrl }: ImageRowProps) {
  if (image === undefined) return <Skeleton height="2.6rem" />;
  const { lost, added, moved } = image;
  const parts = [
    lost > 0 && `${lost} lost`,
    added > 0 && `${added} new`,
    moved > 0 && `${moved} moved`,
  ].filter(Boolean);
  return (
    <>
      <img
        className={styles.thumbnail}
        src={thumbnailUrl(image.index)}
        alt=""
        loading="lazy"
        decoding="async"
      />
      <span className={styles.rowTexts}>
        <span className={styles.file} title={image.file}>
          <bdi>{image.file}</bdi>
        </span>
        <span className={classNames(styles.rowCounts, lost + added > 0 && styles.strong)}>
          {parts.length > 0 ? parts.join(' \u00b7 ') : 'the same boxes'}
        </span>
      </span>
    </>
  );
}
