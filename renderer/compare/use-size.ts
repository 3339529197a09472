/** The size of an element in CSS pixels, followed as it changes. */

import { type RefObject, useLayoutEffect, useState } from 'react';

export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/** 1 by 1 before the first measurement; `again` changes when another element is to be measured. */
export function useSize(element: RefObject<HTMLElement | null>, again?: unknown): ElementSize {
  const [size, setSize] = useState<ElementSize>({ width: 1, height: 1 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `again` tells that another element may be measured
  useLayoutEffect(() => {
    const measured = element.current;
    if (measured === null) return;
    const read = () => setSize({ width: measured.clientWidth, height: measured.clientHeight });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element, again]);
  return size;
}
