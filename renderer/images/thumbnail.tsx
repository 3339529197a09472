/** One image of the grid: its picture, its labels over it, and what is wrong with it. */

// biome-ignore-all lint/a11y/useSemanticElements: the cells of the virtual grid are no table cells

import { useEffect, useRef, useState } from 'react';
import { classNames } from '../design/class-names.ts';
import { ErrorIcon, WarningIcon } from '../design/icons.tsx';
import { BoxOverlay } from './box-overlay.tsx';
import type { ImageBox, ImageItem } from './image-types.ts';
import { baseName } from './set-words.ts';
import styles from './thumbnail.module.css';

interface ThumbnailProps {
  /** For `aria-activedescendant`. */
  readonly id: string;
  /** Undefined while its page has not come. */
  readonly item: ImageItem | undefined;
  readonly url: string | null;
  readonly boxes: readonly ImageBox[] | undefined;
  readonly column: number;
  readonly active: boolean;
  /** Pictures wait while the grid races by. */
  readonly waiting: boolean;
  readonly onPress: () => void;
  readonly onOpen: () => void;
}

/** A picture that gives its connection back when it goes away before it has come. */
function Picture({ url }: { readonly url: string }) {
  const element = useRef<HTMLImageElement>(null);
  const [state, setState] = useState<'coming' | 'shown' | 'failed'>('coming');
  useEffect(() => {
    const image = element.current;
    if (image === null) return;
    // Effects may be run, undone and run again.
    if (image.getAttribute('src') === null) image.src = url;
    return () => {
      if (!image.complete) image.removeAttribute('src');
    };
  }, [url]);
  return (
    <>
      <img
        ref={element}
        src={url}
        alt=""
        loading="lazy"
        decoding="async"
        draggable={false}
        className={classNames(styles.image, state === 'shown' && styles.shown)}
        onLoad={() => setState('shown')}
        onError={() => setState('failed')}
      />
      {state === 'failed' && <span className={styles.absent}>Picture did not come</span>}
    </>
  );
}

export function Thumbnail({
  id,
  item,
  url,
  boxes,
  column,
  active,
  waiting,
  onPress,
  onOpen,
}: ThumbnailProps) {
  const unreadable = item?.state === 'unreadable';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid, which has the focus
    // biome-ignore lint/a11y/useFocusableInteractive: the grid points at its active cell
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={active}
      className={classNames(styles.cell, active && styles.active)}
      onClick={onPress}
      onDoubleClick={onOpen}
    >
      <div className={styles.frame}>
        {url !== null && !unreadable && !waiting && <Picture key={url} url={url} />}
        {item !== undefined && boxes !== undefined && boxes.length > 0 && (
          <BoxOverlay boxes={boxes} width={item.width} height={item.height} />
        )}
        {unreadable && (
          <span className={styles.absent} title={item.reason ?? undefined}>
            <ErrorIcon size={20} />
            <span className={styles.reason}>
              <span className={styles.spoken}>Unreadable: </span>
              {item.reason ?? 'Unreadable'}
            </span>
          </span>
        )}
        {item?.state === 'duplicate' && (
          <span className={styles.mark} title={item.reason ?? undefined}>
            <WarningIcon size={12} /> Duplicate
            <span className={styles.spoken}> {item.reason}</span>
          </span>
        )}
      </div>
      <div className={styles.caption}>
        <span className={styles.name} title={item?.file}>
          {item === undefined ? ' ' : baseName(item.file)}
        </span>
        {item?.labels != null && (
          <span className={item.labels === 0 ? styles.noLabels : styles.labels}>
            {item.labels}
            <span className={styles.spoken}>{item.labels === 1 ? ' label' : ' labels'}</span>
          </span>
        )}
      </div>
    </div>
  );
}
