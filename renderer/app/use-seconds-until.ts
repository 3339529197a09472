/** Whole seconds until a moment, counted down while the component is mounted. */

import { useEffect, useState } from 'react';

export function useSecondsUntil(moment: number): number {
  const left = () => Math.max(0, Math.ceil((moment - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    const update = () => setSeconds(Math.max(0, Math.ceil((moment - Date.now()) / 1000)));
    update();
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [moment]);
  return seconds;
}
