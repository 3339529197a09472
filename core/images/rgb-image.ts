/** A decoded image: what every decoder gives and preprocessing takes. */

export interface RgbImage {
  /** [height, width, 3] interleaved, red first, 8-bit sRGB values. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}
