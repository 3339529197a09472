import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.ts';
import {
  beginsAsTensorRtCache,
  formatTensorRtCache,
  parseTensorRtCache,
  rangesFromTensorRtCache,
  readTensorRtCache,
  type TensorRtCache,
  tensorRtCacheFrom,
  writeTensorRtCache,
} from './cache-file.ts';
import { deadTensorScale, scaleOf } from './ranges.ts';

const golden = join(import.meta.dirname, '..', '..', '..', 'shared', 'tensorrt', 'golden');
const haveGolden = existsSync(golden);

const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const parse = (text: string) => parseTensorRtCache(bytesOf(text), 'some.cache');

function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe.skipIf(!haveGolden)(
  `TensorRT's own cache files${haveGolden ? '' : ' (skipped: ../shared/tensorrt/golden is absent)'}`,
  () => {
    const files = haveGolden ? readdirSync(golden).filter((name) => name.endsWith('.cache')) : [];

    it('are there to be tested', () => {
      expect(files.length).toBeGreaterThan(0);
    });

    it.each(files)('%s comes back byte for byte', async (name) => {
      const bytes = readFileSync(join(golden, name));
      const cache = await readTensorRtCache(join(golden, name));
      expect(cache.version).toBe(8503);
      expect(cache.calibrator).toBe('EntropyCalibration2');
      expect(cache.finalNewline).toBe(true);
      const folder = mkdtempSync(join(tmpdir(), 'cache-file-'));
      try {
        await writeTensorRtCache(join(folder, name), cache);
        expect(readFileSync(join(folder, name)).equals(bytes)).toBe(true);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('keeps names with spaces, brackets and stars', async () => {
      const cache = await readTensorRtCache(join(golden, 'cells-yolov5n-416-static.8.5.3.cache'));
      const constant = cache.scales.find(({ tensor }) => tensor === '(Unnamed Layer* 178) [Constant]_output');
      expect(constant?.scale).toBe(Buffer.from('3ecba3e8', 'hex').readFloatBE());
    });
  },
);

/** Positive float32, subnormals too. */
const scale = fc.integer({ min: 1, max: 0x7f7fffff }).map((bits) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(bits);
  return bytes.readFloatBE();
});
const name = fc
  .oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.constantFrom('a: 3c010a14', 'x:y: z', ' ', ': '))
  .filter((text) => !text.includes('\n'));

const cache: fc.Arbitrary<TensorRtCache> = fc.record({
  version: fc.integer({ min: 1, max: 200_000 }),
  calibrator: fc.constantFrom('EntropyCalibration2', 'MinMaxCalibration'),
  scales: fc.uniqueArray(fc.record({ tensor: name, scale }), { selector: ({ tensor }) => tensor }),
  finalNewline: fc.boolean(),
});

describe('the text form', () => {
  it('gives back every cache that it holds', () => {
    fc.assert(
      fc.property(cache, (each) => {
        expect(parseTensorRtCache(formatTensorRtCache(each), 'some.cache')).toEqual(each);
      }),
    );
  });

  it('is written again byte for byte whenever it is read at all', () => {
    const line = fc.oneof(
      fc.tuple(name, fc.integer({ min: 0, max: 0xffffffff })).map(([text, bits]) => {
        return `${text}: ${bits.toString(16).padStart(8, '0')}`;
      }),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), fc.constantFrom('', '\n', '\n\n'), (lines, end) => {
        const bytes = bytesOf(['TRT-8503-EntropyCalibration2', ...lines].join('\n') + end);
        let read: TensorRtCache;
        try {
          read = parseTensorRtCache(bytes, 'some.cache');
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          return;
        }
        expect(bytes.equals(formatTensorRtCache(read))).toBe(true);
      }),
    );
  });

  // TensorRT's scale of a tensor that is 1 throughout: half a bin of 2048 above it.
  it('reads the scale as a big-endian float32', () => {
    const [entry] = parse('TRT-8503-EntropyCalibration2\nx: 3c010a14\n').scales;
    expect(entry).toEqual({ tensor: 'x', scale: Math.fround(2048.5 / 2048 / 127) });
  });

  it.each([
    ['', 1],
    ['TRT-8503\nx: 3c010a14\n', 1],
    ['\ufeffTRT-8503-EntropyCalibration2\n', 1],
    ['TRT-08503-EntropyCalibration2\n', 1],
    ['TRT-8503-EntropyCalibration2\r\nx: 3c010a14\r\n', 1],
    ['TRT-8503-EntropyCalibration2\nx: 3c010a14\ny 3c010a14\n', 3],
    ['TRT-8503-EntropyCalibration2\nx: 3c01\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: 3C010A14\n', 2],
    ['TRT-8503-EntropyCalibration2\n: 3c010a14\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: 3c010a14\n\n', 3],
    ['TRT-8503-EntropyCalibration2\nx: 7fc00000\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: 7f800000\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: bc010a14\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: 80000000\n', 2],
    ['TRT-8503-EntropyCalibration2\nx: 3c010a14\ny: 3c010a14\nx: 3c010a14\n', 4],
  ])('%j is refused, naming line %i', (text, line) => {
    const failure = failureOf(() => parse(text));
    expect(failure.code).toBe('bad-input');
    expect(failure.message).toContain('some.cache');
    expect(failure.message).toMatch(new RegExp(`line ${line} `));
  });

  it('refuses bytes that are no text', () => {
    const failure = failureOf(() => parseTensorRtCache(Uint8Array.of(0x54, 0xff, 0xfe), 'some.cache'));
    expect(failure.message).toContain('not UTF-8');
  });

  it('refuses to write what it could not read', () => {
    const empty = { version: 8503, calibrator: 'EntropyCalibration2', finalNewline: true };
    const wrong = [
      [{ tensor: 'a\nb', scale: 1 }],
      [{ tensor: '', scale: 1 }],
      [{ tensor: '\ud800', scale: 1 }],
      [{ tensor: 'a', scale: -1 }],
      [{ tensor: 'a', scale: NaN }],
      [{ tensor: 'a', scale: 1e39 }],
      [
        { tensor: 'a', scale: 1 },
        { tensor: 'a', scale: 2 },
      ],
    ];
    for (const scales of wrong) expect(() => formatTensorRtCache({ ...empty, scales })).toThrow(RangeError);
    expect(() => formatTensorRtCache({ ...empty, version: -1, scales: [] })).toThrow(RangeError);
  });

  it('holds our ranges', () => {
    const text = Buffer.from(
      formatTensorRtCache(tensorRtCacheFrom([{ tensor: 'images', scale: 2048.5 / 2048 / 127 }], 100900)),
    ).toString();
    expect(text).toBe('TRT-100900-EntropyCalibration2\nimages: 3c010a14\n');
  });
});

describe('import', () => {
  const found = parse('TRT-8503-EntropyCalibration2\na: 3c010a14\nb: 00000000\nc: 3f800000\n');

  it('gives each tensor the range of its scale', () => {
    const [c, a] = rangesFromTensorRtCache(found, ['c', 'a'], 'some.cache');
    expect(c).toEqual({
      tensor: 'c',
      min: -127,
      max: 127,
      absMax: 127,
      threshold: 127,
      scale: 1,
      clipped: 0,
      dead: false,
    });
    expect(a!.threshold).toBeCloseTo(2048.5 / 2048, 6);
  });

  it('takes a scale of zero for a tensor that was zero throughout', () => {
    const [b] = rangesFromTensorRtCache(found, ['b'], 'some.cache');
    expect(b).toMatchObject({
      absMax: 0,
      scale: deadTensorScale,
      threshold: 127 * deadTensorScale,
      dead: true,
    });
  });

  it('keeps every normal scale through the threshold', () => {
    fc.assert(
      fc.property(scale, (each) => {
        const cache = { ...found, scales: [{ tensor: 'x', scale: each }] };
        const [range] = rangesFromTensorRtCache(cache, ['x'], 'some.cache');
        expect(scaleOf(range!.threshold)).toBe(Math.max(each, 2 ** -126));
      }),
    );
  });

  it('names the tensors that are missing, and how to go on', () => {
    const failure = failureOf(() =>
      rangesFromTensorRtCache(found, ['a', 'p', 'q', 'r', 's', 't', 'u', 'v'], 'some.cache'),
    );
    expect(failure.code).toBe('bad-input');
    expect(failure.message).toContain('some.cache has scales for 1 of the 8 tensors');
    expect(failure.message).toContain('p, q, r, s, t and 2 more');
    expect(failure.remedy).toContain('calibrate afresh');
  });

  it('tells the form by its first letters', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cache-file-'));
    try {
      const path = join(folder, 'x');
      expect(await beginsAsTensorRtCache(path)).toBe(false);
      for (const [text, is] of [
        ['TRT-8503-EntropyCalibration2\n', true],
        ['TRT-garbage', true],
        ['{"schema": 1}', false],
        ['T', false],
        ['', false],
      ] as const) {
        writeFileSync(path, text);
        expect(await beginsAsTensorRtCache(path), text).toBe(is);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
