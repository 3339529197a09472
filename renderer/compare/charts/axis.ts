/** Round numbers to mark an axis with. */

/** From 0 in steps of 1, 2 or 5 times a power of ten to the first step that reaches `maximum`, in about `parts` parts. */
export function axisTicks(maximum: number, parts = 4): readonly number[] {
  if (!(maximum > 0) || !Number.isFinite(maximum)) return [0, 1];
  const rough = maximum / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const count = Math.ceil(maximum / step - 1e-6);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Round numbers from just below the smallest to just above the largest value, in about `parts` steps of 1, 2 or 5. */
export function rangeTicks(values: readonly number[], parts = 5): readonly number[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const span = Math.max(high - low, Math.abs(high) * 0.01, 1e-6);
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const first = Math.floor((low - 0.04 * span) / step);
  const last = Math.ceil((high + 0.04 * span) / step);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
