/** A colour for each class index, for boxes over photographs: bright, far apart, the same in both themes. */

/** The first ones are told apart with a colour vision deficiency too; later ones step around the circle. */
const first = [
  '#ffd23f',
  '#3fc1ff',
  '#ff7f50',
  '#5ef2a8',
  '#e58bff',
  '#ff5c8a',
  '#b8e04a',
  '#8fa8ff',
] as const;

export function classColor(index: number): string {
  const named = first[index];
  if (named !== undefined) return named;
  // The golden angle: neighbours differ as much as they can, however many there are.
  return `hsl(${Math.round((index * 137.508) % 360)}, 90%, 68%)`;
}
