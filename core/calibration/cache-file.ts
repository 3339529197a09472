/** TensorRT's calibration cache, read and written byte for byte in its text form. */

import { open, readFile } from 'node:fs/promises';
import { Failure } from '../base/failure.ts';
import { fileFailure, writeFileAtomically } from '../base/files.ts';
import { type CalibrationRange, deadTensorScale } from './ranges.ts';

/**
 * The first line names the library version and the calibrator, e.g. `TRT-8503-EntropyCalibration2`; each other line is
 * `name: 3c010a14`, the scale (threshold / 127) as the hexadecimal digits of a big-endian float32.
 */
export interface TensorRtCache {
  /** What the library's `getInferLibVersion()` returns: 8503 for 8.5.3, 100900 for 10.9.0. */
  readonly version: number;
  /** `EntropyCalibration2` for `IInt8EntropyCalibrator2`. */
  readonly calibrator: string;
  readonly scales: readonly { readonly tensor: string; readonly scale: number }[];
  /** TensorRT ends the last line too; a file that was edited may lack it. */
  readonly finalNewline: boolean;
}

/**
 * The version in the first line of a cache where nobody names one: TensorRT 8.5.3, the oldest that is a target. TensorRT
 * keeps caches of its versions apart by that line; `engineroom calibrate --tensorrt-version` writes any other.
 */
export const defaultTensorRtVersion = 8503;

const header = /^TRT-([1-9][0-9]*)-([A-Za-z0-9_]+)$/;
/** A name may hold spaces and colons: the last colon counts. */
const entry = /^([^\n]+): ([0-9a-f]{8})$/;
/** What a name may not hold: a line's end, and halves of characters, which UTF-8 cannot write. */
const unwritable = /\n|\p{Surrogate}/u;

function malformed(path: string, line: number, what: string): Failure {
  return new Failure(
    'bad-input',
    `${path} is not a TensorRT calibration cache: line ${line} ${what}.`,
    'Let TensorRT write the cache again, or leave it out to calibrate here.',
  );
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    // ignoreBOM keeps a mark at the start, which the check of the first line then names.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Failure(
      'bad-input',
      `${path} is not a TensorRT calibration cache: it is not UTF-8 text.`,
      'Name the text file that IInt8EntropyCalibrator2 wrote.',
      { cause: error },
    );
  }
}

function scaleFromHex(digits: string): number {
  return Buffer.from(digits, 'hex').readFloatBE();
}

function hexFromScale(scale: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(scale);
  return bytes.toString('hex');
}

/**
 * `formatTensorRtCache` gives the same bytes back.
 * @throws Failure `bad-input` naming `path` and the number of the line at fault.
 */
export function parseTensorRtCache(bytes: Uint8Array, path: string): TensorRtCache {
  const lines = decode(bytes, path).split('\n');
  const finalNewline = lines.length > 1 && lines.at(-1) === '';
  if (finalNewline) lines.pop();
  const carriage = lines.findIndex((line) => line.endsWith('\r'));
  if (carriage >= 0) {
    throw malformed(path, carriage + 1, 'ends with a carriage return; TensorRT writes plain line feeds');
  }
  const [first = '', ...rest] = lines;
  const [, version, calibrator] = header.exec(first) ?? [];
  if (version === undefined || calibrator === undefined) {
    throw malformed(path, 1, 'is not of the form TRT-8503-EntropyCalibration2');
  }
  if (!Number.isSafeInteger(Number(version))) throw malformed(path, 1, 'has a version that is no version');
  const lineOf = new Map<string, number>();
  const scales = rest.map((line, index) => {
    const number = index + 2;
    const [, tensor, digits] = entry.exec(line) ?? [];
    if (tensor === undefined || digits === undefined) {
      throw malformed(
        path,
        number,
        'is not a name, a colon, a space and eight lower-case hexadecimal digits',
      );
    }
    const earlier = lineOf.get(tensor);
    if (earlier !== undefined) throw malformed(path, number, `names ${tensor}, as line ${earlier} does`);
    lineOf.set(tensor, number);
    const scale = scaleFromHex(digits);
    if (!Number.isFinite(scale) || scale < 0 || Object.is(scale, -0)) {
      throw malformed(path, number, `gives ${tensor} the scale ${scale}, which is not finite and positive`);
    }
    return { tensor, scale };
  });
  return { version: Number(version), calibrator, scales, finalNewline };
}

/** The file's bytes. Throws a RangeError for names or scales that the form cannot hold. */
export function formatTensorRtCache(cache: TensorRtCache): Uint8Array {
  const lines = [`TRT-${cache.version}-${cache.calibrator}`];
  if (!header.test(lines[0] ?? '')) throw new RangeError(`a calibration cache cannot begin with ${lines[0]}`);
  const seen = new Set<string>();
  for (const { tensor, scale } of cache.scales) {
    if (tensor === '' || unwritable.test(tensor) || seen.has(tensor)) {
      throw new RangeError(`a calibration cache cannot hold the tensor name ${JSON.stringify(tensor)}`);
    }
    seen.add(tensor);
    const digits = hexFromScale(scale);
    if (!(scale >= 0) || !Number.isFinite(scaleFromHex(digits)) || Object.is(scale, -0)) {
      throw new RangeError(`a calibration cache cannot hold the scale ${scale}`);
    }
    lines.push(`${tensor}: ${digits}`);
  }
  return Buffer.from(lines.join('\n') + (cache.finalNewline ? '\n' : ''), 'utf8');
}

/** Whether the file begins as TensorRT's text form does; false where there is no file. */
export async function beginsAsTensorRtCache(path: string): Promise<boolean> {
  const start = Buffer.alloc(4);
  const file = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fileFailure(error, path, 'read');
  });
  if (file === null) return false;
  try {
    await file.read(start, 0, start.length, 0);
  } catch (error) {
    throw fileFailure(error, path, 'read');
  } finally {
    await file.close();
  }
  return start.toString('latin1') === 'TRT-';
}

/** @throws Failure `bad-input` when the file cannot be read or is no calibration cache. */
export async function readTensorRtCache(path: string): Promise<TensorRtCache> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileFailure(error, path, 'read');
  });
  return parseTensorRtCache(bytes, path);
}

/** The file is either whole or not there. @throws Failure on a full disk or an unwritable folder. */
export function writeTensorRtCache(path: string, cache: TensorRtCache): Promise<void> {
  return writeFileAtomically(path, formatTensorRtCache(cache));
}

/**
 * Our ranges in the form that the calibrator of TensorRT `version` reads instead of calibrating. Names that the form
 * cannot hold are left out: TensorRT then keeps these tensors in floating point.
 */
export function tensorRtCacheFrom(
  ranges: readonly Pick<CalibrationRange, 'tensor' | 'scale'>[],
  version: number,
): TensorRtCache {
  return {
    version,
    calibrator: 'EntropyCalibration2',
    scales: ranges
      .filter(({ tensor }) => tensor !== '' && !unwritable.test(tensor))
      .map(({ tensor, scale }) => ({ tensor, scale })),
    finalNewline: true,
  };
}

/** How many missing tensors a message names. */
const namedTensors = 5;

/**
 * The scales of a cache as the ranges of `tensors`. What was observed is not in the file: the range itself stands for it.
 * @param path for messages
 * @throws Failure `bad-input` naming the tensors that the cache has no scale for
 */
export function rangesFromTensorRtCache(
  cache: TensorRtCache,
  tensors: readonly string[],
  path: string,
): readonly CalibrationRange[] {
  const scaleOf = new Map(cache.scales.map(({ tensor, scale }) => [tensor, scale]));
  const missing = tensors.filter((tensor) => !scaleOf.has(tensor));
  if (missing.length > 0) {
    const more = missing.length > namedTensors ? ` and ${missing.length - namedTensors} more` : '';
    throw new Failure(
      'bad-input',
      `The TensorRT calibration cache ${path} has scales for ${tensors.length - missing.length} of the ${tensors.length} tensors that are quantized; missing: ${missing.slice(0, namedTensors).join(', ')}${more}.`,
      'Leave out --cache to calibrate afresh, or name the cache that was made from this very ONNX file.',
    );
  }
  return tensors.map((tensor) => {
    const stored = scaleOf.get(tensor) ?? 0;
    const dead = stored === 0;
    const scale = dead ? deadTensorScale : stored;
    const threshold = 127 * scale;
    return {
      tensor,
      min: dead ? 0 : -threshold,
      max: dead ? 0 : threshold,
      absMax: dead ? 0 : threshold,
      threshold,
      scale,
      clipped: 0,
      dead,
    };
  });
}
