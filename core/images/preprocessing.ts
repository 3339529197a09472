/** How an image becomes a tensor: one description, used alike by calibration, evaluation and benchmark. */

export interface Preprocessing {
  readonly resize: 'letterbox' | 'stretch';
  /** Pixels of the network input. */
  readonly width: number;
  readonly height: number;
  readonly color: 'rgb' | 'bgr';
  /** Multiplies the 8-bit value first; 1/255 by default. */
  readonly scale: number;
  /** Subtracted after scaling, then divided by `std`, in the order of `color`. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** 8-bit value of the letterbox's border; 114 by default. */
  readonly pad: number;
  readonly interpolation: 'bilinear';
}

export function defaultPreprocessing(width: number, height: number): Preprocessing {
  return {
    resize: 'letterbox',
    width,
    height,
    color: 'rgb',
    scale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    pad: 114,
    interpolation: 'bilinear',
  };
}

/** Maps a point of the network input back: x = (u - left) / gainX, y = (v - top) / gainY, in source pixels. */
export interface ImageTransform {
  readonly gainX: number;
  readonly gainY: number;
  readonly left: number;
  readonly top: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
}
