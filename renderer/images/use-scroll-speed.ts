/** Tells when a list is scrolled so fast that pictures would only be asked for in order to be thrown away. */

import { type RefObject, useEffect, useState } from 'react';

/** Screens a second from which nothing can be recognised anyway. */
const racingScreens = 6;
const restMs = 120;

export function useRacing(element: RefObject<HTMLElement | null>): boolean {
  const [racing, setRacing] = useState(false);
  useEffect(() => {
    const list = element.current;
    if (list === null) return;
    let lastTop = list.scrollTop;
    let lastTime = performance.now();
    let rest: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      const now = performance.now();
      const seconds = Math.max(0.004, (now - lastTime) / 1000);
      const screens = Math.abs(list.scrollTop - lastTop) / Math.max(1, list.clientHeight);
      lastTop = list.scrollTop;
      lastTime = now;
      // One jump of a screen by Page Down is not racing; a drag along the bar is.
      if (screens > 0.5 && screens / seconds > racingScreens) setRacing(true);
      clearTimeout(rest);
      rest = setTimeout(() => setRacing(false), restMs);
    };
    list.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(rest);
      list.removeEventListener('scroll', onScroll);
    };
  }, [element]);
  return racing;
}
