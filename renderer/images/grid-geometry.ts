/** Where thumbnails lie in the grid and where a key leads. */

export interface GridGeometry {
  readonly columns: number;
  /** Of one cell, without the gap, in CSS pixels. */
  readonly cellWidth: number;
  /** Of one row with its gap. */
  readonly rowHeight: number;
}

export const gridGap = 10;
/** Under the picture: the file name. */
const captionHeight = 26;

/** Cells at least `minimumWidth` wide that fill `width`; pictures are 4:3. */
export function gridGeometry(width: number, minimumWidth: number): GridGeometry {
  const columns = Math.max(1, Math.floor((width + gridGap) / (minimumWidth + gridGap)));
  const cellWidth = Math.max(40, Math.floor((width - gridGap * (columns - 1)) / columns));
  return { columns, cellWidth, rowHeight: Math.round((cellWidth * 3) / 4) + captionHeight + gridGap };
}

/** Position to which a key leads from `position` in a grid of `total` images; null for a key that moves nothing. */
export function positionAfterKey(
  key: string,
  position: number,
  grid: { readonly columns: number; readonly visibleRows: number; readonly total: number },
): number | null {
  const { columns, visibleRows, total } = grid;
  if (total === 0) return null;
  const last = total - 1;
  const page = columns * Math.max(1, visibleRows - 1);
  const within = (target: number) => Math.min(last, Math.max(0, target));
  /** Up and down stay in their column; where the last row is short, down goes to its end. */
  const vertical = (target: number) => {
    if (target < 0) return position % columns;
    if (target <= last) return target;
    const lastRow = Math.floor(last / columns);
    return Math.floor(position / columns) === lastRow ? position : last;
  };
  switch (key) {
    case 'ArrowLeft':
      return within(position - 1);
    case 'ArrowRight':
      return within(position + 1);
    case 'ArrowUp':
      return position < columns ? position : position - columns;
    case 'ArrowDown':
      return vertical(position + columns);
    case 'PageUp':
      return vertical(position - page);
    case 'PageDown':
      return vertical(position + page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}
