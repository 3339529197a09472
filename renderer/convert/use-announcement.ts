/** Speaks what changes, but not more often than one can listen to. */

import { useEffect, useRef, useState } from 'react';

export function useAnnouncement(text: string, everyMs = 5000): string {
  const [spoken, setSpoken] = useState('');
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
