/** How the benchmarks of the window print: one line for each figure, with the limit it is held against. */

import { cpus, loadavg } from 'node:os';

let missed = 0;

/** Prints a figure; with a limit, also whether it is kept. */
export function figure(what, value, unit, { limit, digits = 0, note = '' } = {}) {
  const said = (number) => `${number} ${unit}`.trimEnd();
  const words = [`${what}: ${said(value.toFixed(digits))}`];
  if (limit !== undefined) {
    const kept = value <= limit;
    if (!kept) missed++;
    words.push(`(at most ${said(limit)}: ${kept ? 'kept' : 'MISSED'})`);
  }
  if (note !== '') words.push(note);
  console.log(words.join(' '));
}

/** What else the machine was doing: wall-clock figures mean little when it was busy. */
export function printLoad(when) {
  const [one, five] = loadavg();
  console.log(
    `load of the machine ${when}: ${one.toFixed(1)} in 1 min, ${five.toFixed(1)} in 5 min, ${cpus().length} cores`,
  );
}

/** Ends the program with 1 when a limit was missed. */
export function settle() {
  process.exitCode = missed > 0 ? 1 : 0;
}

/** The value below which a share of the values lie: the smallest with at least that share at or under it. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
