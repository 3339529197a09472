/** Where a key moves the choice in a list. */

/** The position after `key`, or null for a key that moves nothing. Nothing chosen (-1) counts as before the first. */
export function nextPosition(key: string, position: number, length: number, page: number): number | null {
  if (length === 0) return null;
  const within = (next: number): number => Math.max(0, Math.min(length - 1, next));
  switch (key) {
    case 'ArrowDown':
      return within(position + 1);
    case 'ArrowUp':
      return within(position - 1);
    case 'PageDown':
      return within(position + page);
    case 'PageUp':
      return within(position - page);
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return null;
  }
}
