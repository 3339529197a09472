/** F6 moves the focus around the window's parts: rail, top bar, place; Shift+F6 the other way. */

import { useEffect } from 'react';

const parts = ['[data-part="rail"]', '[data-part="bar"]', '#content'];
const focusable = 'a[href], button:not(:disabled), input:not(:disabled), [tabindex="0"]';

export function usePartsByKey(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return;
      const present = parts.findIndex(
        (part) => document.querySelector(part)?.contains(document.activeElement) === true,
      );
      const step = event.shiftKey ? parts.length - 1 : 1;
      const next = document.querySelector<HTMLElement>(parts[(present + step) % parts.length] ?? '#content');
      if (next === null) return;
      event.preventDefault();
      (next.querySelector<HTMLElement>(focusable) ?? next).focus();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
