/** The tensors in a virtualised list: name, range, how much is cut off, and a small histogram. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { formatShare } from '../../design/format.ts';
import { classNames } from '../../design/index.ts';
import { nextPosition } from '../next-position.ts';
import styles from './calibration-view.module.css';
import { Histogram } from './histogram.tsx';
import { formatValue } from './range-detail.tsx';
import type { RangeRow } from './range-rows.ts';

interface RangeListProps {
  readonly rows: readonly RangeRow[];
  readonly total: number;
  readonly chosen: string | null;
  readonly onChoose: (tensor: string) => void;
}

const rowHeight = 52;

export function RangeList({ rows, chosen, onChoose }: RangeListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const position = rows.findIndex(({ range }) => range.tensor === chosen);
  useEffect(() => {
    if (position >= 0) virtualizer.scrollToIndex(position, { align: 'auto' });
  }, [position, virtualizer]);

  const move = (event: KeyboardEvent) => {
    const next = nextPosition(event.key, position, rows.length, 8);
    const tensor = next === null ? undefined : rows[next]?.range.tensor;
    if (tensor === undefined) return;
    event.preventDefault();
    onChoose(tensor);
  };

  return (
    <div
      ref={scroller}
      className={styles.list}
      role="listbox"
      tabIndex={0}
      aria-label="Tensors"
      aria-activedescendant={position < 0 ? undefined : `${id}-${position}`}
      onKeyDown={move}
    >
      <div className={styles.sizer} role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list box takes the keys for all its options
            // biome-ignore lint/a11y/useFocusableInteractive: the list box names the active option, which needs no focus
            <div
              key={row.range.tensor}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === position}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className={classNames(styles.row, index === position && styles.chosen)}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => onChoose(row.range.tensor)}
            >
              <span className={styles.rowTexts}>
                <span className={styles.tensor} title={row.range.tensor}>
                  <bdi>{row.range.tensor}</bdi>
                </span>
                <span className={styles.rowFigures}>
                  ±{formatValue(row.range.amax)}
                  {row.cut > 0 && `, ${formatShare(row.cut)} cut off`}
                </span>
              </span>
              <span className={styles.spark} aria-hidden="true">
                <Histogram range={row.range} width={72} height={26} />
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
