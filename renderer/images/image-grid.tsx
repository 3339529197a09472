/** The thumbnails of a set, of which only those in sight exist, with the keys of a grid. */

// biome-ignore-all lint/a11y/useSemanticElements: a table cannot leave out the rows that are out of sight

import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  memo,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { BoxCache } from './box-cache.ts';
import { gridGeometry, positionAfterKey } from './grid-geometry.ts';
import styles from './image-grid.module.css';
import type { ImageBox, ImageItem } from './image-types.ts';
import type { PageCache } from './page-cache.ts';
import { Thumbnail } from './thumbnail.tsx';
import { useRacing } from './use-scroll-speed.ts';
import { useWidth } from './use-width.ts';

export interface ImageGridProps {
  /** Holds the grid's element, so that the focus can be given back to it. */
  readonly element: RefObject<HTMLDivElement | null>;
  readonly label: string;
  readonly pages: PageCache;
  /** Null: no boxes over the pictures. */
  readonly boxes: BoxCache | null;
  readonly minimumWidth: number;
  readonly active: number;
  readonly onActivate: (position: number) => void;
  readonly onOpen: (position: number) => void;
  readonly pictureUrl: (item: ImageItem, width: number) => string;
  /** The large view is open; when it closes, its image is brought into sight. */
  readonly covered: boolean;
  /** Of the whole set, to have a length before the first page. */
  readonly expected: number;
}

const never = () => () => {};
const zero = () => 0;

/** Widths that are asked for: few, so that thumbnails are found again when the window's size changes. */
function pictureWidth(cellWidth: number): number {
  const pixels = cellWidth * Math.min(2, globalThis.devicePixelRatio || 1);
  return pixels <= 160 ? 160 : pixels <= 320 ? 320 : 480;
}

export function ImageGrid({
  element: scroller,
  label,
  pages,
  boxes,
  minimumWidth,
  active,
  onActivate,
  onOpen,
  pictureUrl,
  covered,
  expected,
}: ImageGridProps) {
  const id = useId();
  const width = useWidth(scroller);
  const racing = useRacing(scroller);
  useSyncExternalStore(pages.subscribe, pages.version);
  useSyncExternalStore(boxes?.subscribe ?? never, boxes?.version ?? zero);

  const total = pages.total() ?? expected;
  const { columns, cellWidth, rowHeight } = gridGeometry(width, minimumWidth);
  const rows = Math.ceil(total / columns);
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 2,
    useFlushSync: false,
  });
  const shown = virtualizer.getVirtualItems();
  const firstRow = shown[0]?.index ?? 0;
  const lastRow = shown[shown.length - 1]?.index ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes
  useEffect(() => virtualizer.measure(), [rowHeight, virtualizer]);
  useEffect(() => {
    if (!covered) pages.look(firstRow * columns, (lastRow + 1) * columns - 1);
  }, [pages, firstRow, lastRow, columns, covered]);

  const activeRow = Math.floor(active / columns);
  const inSight = total > 0 && activeRow >= firstRow && activeRow <= lastRow;

  // The active image stays in sight when the grid's shape changes, but not while the user scrolls away from it.
  const follow = useRef(active);
  const [keyed, setKeyed] = useState(0);
  follow.current = active;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a key, a new shape or the end of the large view do
  useEffect(() => {
    if (rows > 0 && !covered)
      virtualizer.scrollToIndex(Math.floor(follow.current / columns), { align: 'auto' });
  }, [keyed, columns, pages, covered]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && total > 0) {
      event.preventDefault();
      onOpen(active);
      return;
    }
    const visibleRows = Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight);
    const next = positionAfterKey(event.key, active, { columns, visibleRows, total });
    if (next === null) return;
    event.preventDefault();
    onActivate(next);
    setKeyed((count) => count + 1);
  };

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows}
      aria-colcount={columns}
      aria-activedescendant={inSight ? `${id}-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={styles.rows} style={{ height: virtualizer.getTotalSize() }}>
        {shown.map((row) => (
          <div
            key={row.key}
            role="row"
            tabIndex={-1}
            aria-rowindex={row.index + 1}
            className={styles.row}
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)`,
            }}
          >
            {Array.from({ length: Math.min(columns, total - row.index * columns) }, (_, column) => {
              const position = row.index * columns + column;
              const item = pages.at(position);
              return (
                <Cell
                  key={position}
                  id={`${id}-${position}`}
                  position={position}
                  column={column}
                  item={item}
                  boxes={boxes}
                  drawn={boxesOf(boxes, item, racing)}
                  active={position === active}
                  racing={racing}
                  width={pictureWidth(cellWidth)}
                  pictureUrl={pictureUrl}
                  onActivate={onActivate}
                  onOpen={onOpen}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The boxes to draw over an image, asked for when they are not there; none while the grid races by. */
function boxesOf(boxes: BoxCache | null, item: ImageItem | undefined, racing: boolean) {
  if (boxes === null || item === undefined || racing) return undefined;
  return (item.labels ?? 0) > 0 && item.state !== 'unreadable' ? boxes.want(item.index) : undefined;
}

interface CellProps extends Pick<ImageGridProps, 'boxes' | 'onActivate' | 'onOpen' | 'pictureUrl'> {
  readonly id: string;
  readonly position: number;
  readonly column: number;
  readonly item: ImageItem | undefined;
  readonly drawn: readonly ImageBox[] | undefined;
  readonly active: boolean;
  readonly racing: boolean;
  readonly width: number;
}

/** A thumbnail in its place; only those whose image, boxes or mark change are rendered while the grid scrolls. */
const Cell = memo(function Cell({
  id,
  position,
  column,
  item,
  boxes,
  drawn,
  active,
  racing,
  width,
  pictureUrl,
  onActivate,
  onOpen,
}: CellProps) {
  const index = item?.index;
  useEffect(() => {
    if (boxes === null || index === undefined) return;
    return () => boxes.leave(index);
  }, [boxes, index]);
  return (
    <Thumbnail
      id={id}
      item={item}
      url={item === undefined ? null : pictureUrl(item, width)}
      boxes={drawn}
      column={column}
      active={active}
      waiting={racing}
      onPress={() => onActivate(position)}
      onOpen={() => onOpen(position)}
    />
  );
});
