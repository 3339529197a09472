/** IEEE 754 half precision as bits, since Node 20 has no Float16Array. */

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

/** The largest finite float16. */
export const float16Max = 65504;

/** The smallest positive normal float16, 2^-14; below it precision is lost bit by bit. */
export const float16MinNormal = 2 ** -14;

/**
 * Bits of the float16 nearest to a float32, ties to even. Overflow gives infinity, underflow subnormals and then
 * signed zero; every NaN becomes the quiet NaN of its sign.
 */
export function float16Bits(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;

  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 is halfway between the largest finite value and 2^16; the tie goes to the even neighbour, infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;

  if (magnitude >= 0x38800000) {
    // Normal: rebias the exponent (127 - 15 = 112) and round away the 13 lowest bits of the fraction. A carry out of
    // the fraction moves into the exponent, which is just what is wanted.
    const rounding = 0xfff + ((magnitude >>> 13) & 1);
    return sign | ((magnitude + rounding - 0x38000000) >>> 13);
  }
  // Subnormal: the result counts in units of 2^-24. Scaling by a power of two is exact.
  scratchBits[0] = magnitude;
  const units = (scratchFloat[0] as number) * 2 ** 24;
  const floor = Math.floor(units);
  const rest = units - floor;
  const roundUp = rest > 0.5 || (rest === 0.5 && (floor & 1) === 1);
  return sign | (floor + (roundUp ? 1 : 0));
}

/** The value that float16 bits stand for; exact. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Element by element `float16Bits`. */
export function toFloat16Bits(values: Float32Array): Uint16Array<ArrayBuffer> {
  const result = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = float16Bits(values[i] as number);
  return result;
}

/** Element by element `float16Value`. */
export function fromFloat16Bits(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const result = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) result[i] = float16Value(bits[i] as number);
  return result;
}
