/** Reads the colours of the present theme for a canvas, and tells when they change. */

import { useEffect, useState } from 'react';
import type { GraphColors } from './draw-graph.ts';

function readColors(element: Element): GraphColors {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const each = (suffix: string) => ({
    fp32: token(`--precision-fp32${suffix}`),
    fp16: token(`--precision-fp16${suffix}`),
    int8: token(`--precision-int8${suffix}`),
  });
  return {
    ink: token('--ink'),
    soft: token('--soft'),
    lineStrong: token('--line-strong'),
    raised: token('--raised'),
    sunken: token('--sunken'),
    focus: token('--focus'),
    fill: each(''),
    back: each('-back'),
    font: token('--sans'),
  };
}

export function useGraphColors(): GraphColors | null {
  const [colors, setColors] = useState<GraphColors | null>(null);
  useEffect(() => {
    const root = document.documentElement;
    const read = () => setColors(readColors(root));
    read();
    const observer = new MutationObserver(read);
    observer.observe(root, { attributes: true, attributeFilter: ['data-theme'] });
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', read);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', read);
    };
  }, []);
  return colors;
}
