/** Axes of the charts: values to pixels, and round numbers to mark. */

export interface LinearScale {
  readonly ticks: readonly number[];
  /** Pixels from the start of the axis. */
  at(value: number): number;
}

/** Steps of 1, 2 or 5 times a power of ten that divide [0, maximum] in about `count` (3 or more) parts. */
export function roundTicks(maximum: number, count: number): readonly number[] {
  if (!(maximum > 0) || !Number.isFinite(maximum)) return [0];
  const rough = maximum / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  for (let i = 0; i * step <= maximum * 1.000001; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Maps [0, maximum] to [0, pixels]; `maximum` of 0 maps all to 0. */
export function linearScale(maximum: number, pixels: number, count = 4): LinearScale {
  const top = maximum > 0 && Number.isFinite(maximum) ? maximum : 1;
  return {
    ticks: roundTicks(top, count),
    at: (value) => (Number.isFinite(value) ? Math.max(0, Math.min(pixels, (value / top) * pixels)) : 0),
  };
}

/** Coordinates with one decimal are exact enough for a picture and keep the file small. */
export function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}
