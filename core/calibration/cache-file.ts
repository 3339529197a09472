/** TensorRT's calibration cache, read and written byte for byte in its text form. */

import { readFile } from 'node:fs/promises';
import { Failure } from '../base/failure.ts';
import { fileFailure, writeFileAtomically } from '../base/files.ts';
import type { CalibrationRange } from './ranges.ts';

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

/** Our ranges in the form that the calibrator of TensorRT `version` reads instead of calibrating. */
export function tensorRtCacheFrom(
  ranges: readonly Pick<CalibrationRange, 'tensor' | 'scale'>[],
  version: number,
): TensorRtCache {
  return {
    version,
    calibrator: 'EntropyCalibration2',
    scales: ranges.map(({ tensor, scale }) => ({ tensor, scale })),
    finalNewline: true,
  };
}
