/** Speaks what changes, but not more often than one can listen to. */

import { useEffect, useRef, useState } from 'react';

export function useAnnouncement(text: string, everyMs = 5000): string {
  // What is there at first is read with the page; only changes are spoken.
  const [spoken, setSpoken] = useState(text);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (text === spoken) return;
    const wait = Math.max(0, last.current + everyMs - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSpoken(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, spoken, everyMs]);
  return spoken;
}
