/** Numbers as people read them: one rule for each quantity, used by the page and the command line alike. */

import type { Precision } from '../../targets/target.ts';

export const precisionLabels: Readonly<Record<Precision, string>> = {
  fp32: 'FP32',
  fp16: 'FP16',
  int8: 'INT8',
};

/** `12,345`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Three significant digits at most, no exponent for everyday sizes: `0.042`, `4.31`, `43.1`, `1,234`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1000) return (value < 0 ? '-' : '') + formatCount(size);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  return size >= 0.001 ? value.toPrecision(3).replace(/0+$/, '') : value.toExponential(1);
}

/** Decimal units: `950 B`, `812 kB`, `3.06 MB`, `1.20 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 9.995e6) return `${(bytes / 1e6).toFixed(2)} MB`;
  if (bytes < 9.995e8) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

/** Milliseconds without unit: `0.842`, `8.42`, `84.2`, `842`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds >= 100) return formatCount(milliseconds);
  if (milliseconds >= 10) return milliseconds.toFixed(1);
  return milliseconds.toFixed(milliseconds >= 1 ? 2 : 3);
}

/** `8.4 s`, `2 min 05 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** An average precision, 0 to 1, with four decimals. */
export function formatMap(value: number): string {
  return value.toFixed(4);
}

/** A difference of average precision in points with its sign: `-0.4`, `+1.2`, `0.0`. */
export function formatPoints(difference: number): string {
  const points = Math.round(difference * 1000) / 10;
  return points === 0 ? '0.0' : `${points > 0 ? '+' : '\u2212'}${Math.abs(points).toFixed(1)}`;
}

/** A share from 0 to 1 in per cent: `98.2 %`, `0.012 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent >= 0.095) return `${Math.min(percent, 99.9).toFixed(1)} %`;
  return percent >= 0.0005 ? `${percent.toFixed(3)} %` : 'under 0.001 %';
}

/** `1×3×?×?`, with `?` for a dynamic dimension. */
export function formatDims(dims: readonly number[]): string {
  return dims.length === 0 ? 'scalar' : dims.map((dim) => (dim < 0 ? '?' : String(dim))).join('\u00d7');
}

/** `1 image`, `12 images`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
