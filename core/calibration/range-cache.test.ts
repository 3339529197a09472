import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultPreprocessing } from '../images/preprocessing.ts';
import { calibrationKey, canonicalJson } from './key.ts';
import {
  checkCache,
  entriesOf,
  makeRangeCache,
  parseRangeCache,
  readRangeCache,
  staleCache,
  writeRangeCache,
} from './range-cache.ts';

const request = {
  model: 'a'.repeat(64),
  images: { fingerprint: 'b'.repeat(64), count: 96 },
  preprocessing: defaultPreprocessing(416, 416),
  method: 'entropy',
} as const;

const ranges = [
  {
    tensor: 'images',
    min: 0,
    max: 1,
    absMax: 1,
    threshold: 0.9,
    scale: 0.9 / 127,
    clipped: 0.01,
    dead: false,
  },
];
const cache = makeRangeCache(['a.jpg'], [{ ...calibrationKey(request), ranges }]);

const folder = mkdtempSync(join(tmpdir(), 'range-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('calibrationKey', () => {
  it('does not depend on the order of members', () => {
    const { resize, ...rest } = request.preprocessing;
    expect(calibrationKey({ ...request, preprocessing: { ...rest, resize } }).key).toBe(
      calibrationKey(request).key,
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  it('heeds the percentile for that method alone', () => {
    const { key } = calibrationKey(request);
    expect(calibrationKey({ ...request, percentile: 99 }).key).toBe(key);
    const percentile = { ...request, method: 'percentile' } as const;
    expect(calibrationKey({ ...percentile, percentile: 99 }).key).not.toBe(calibrationKey(percentile).key);
  });
});

describe('checkCache', () => {
  it('is fresh for the same calibration', () => {
    expect(checkCache(cache, calibrationKey(request))).toEqual({ state: 'fresh' });
  });

  it.each([
    [{ model: 'c'.repeat(64) }, 'the model changed'],
    [{ images: { fingerprint: 'c'.repeat(64), count: 97 } }, 'the images changed: 96 then, 97 now'],
    [
      { images: { fingerprint: 'c'.repeat(64), count: 96 } },
      'the images changed: 96 as before, but not the same names and contents',
    ],
    [
      { preprocessing: defaultPreprocessing(640, 640) },
      'the preprocessing changed: size 416x416 then, 640x640 now',
    ],
    [
      { preprocessing: { ...defaultPreprocessing(416, 416), color: 'bgr', mean: [0.5, 0.5, 0.5] } },
      'the preprocessing changed: mean 0, 0, 0 then, 0.5, 0.5, 0.5 now; color rgb then, bgr now',
    ],
    [{ method: 'percentile', percentile: 99.9 }, 'the method changed: entropy then, percentile 99.9 now'],
  ] as const)('is stale after a change and says why: %j', (change, reason) => {
    const state = checkCache(cache, calibrationKey({ ...request, ...change }));
    expect(state).toEqual({ state: 'stale', reasons: [reason] });
    const failure = staleCache('calibration.json', state.state === 'stale' ? state.reasons : []);
    expect(failure.code).toBe('stale-cache');
    expect(failure.message).toContain(reason);
  });

  it('names every change', () => {
    const now = calibrationKey({ ...request, model: 'c'.repeat(64), method: 'mse' });
    expect(checkCache(cache, now)).toEqual({
      state: 'stale',
      reasons: ['the model changed', 'the method changed: entropy then, mse now'],
    });
  });

  it('does not trust a cache whose key was left while its parts were edited', () => {
    const edited = { ...cache, parts: { ...cache.parts, method: 'mse' as const } };
    expect(checkCache(edited, calibrationKey(request)).state).toBe('stale');
  });
});

describe('calibration.json', () => {
  it('comes back as it was written and leaves no other file', async () => {
    const path = join(folder, 'calibration.json');
    await writeRangeCache(path, cache);
    expect(await readRangeCache(path)).toEqual(cache);
    expect(readdirSync(folder)).toEqual(['calibration.json']);
  });

  it('keeps several methods, each by its own key, and how their ranges settled', async () => {
    const other = calibrationKey({ ...request, method: 'mse' });
    const convergence = [
      { previousImages: 8, images: 16, medianChange: 0.01, worstChange: 0.5, worstTensor: 'a' },
    ];
    const several = makeRangeCache(
      ['a.jpg'],
      [
        { ...calibrationKey(request), ranges, convergence },
        { ...other, ranges, convergence: [] },
      ],
    );
    const path = join(folder, 'several.json');
    await writeRangeCache(path, several);
    const read = await readRangeCache(path);
    expect(read).toEqual(several);
    expect(entriesOf(read!).map(({ key }) => key)).toEqual([calibrationKey(request).key, other.key]);
    expect(entriesOf(read!).map((entry) => entry.convergence)).toEqual([convergence, []]);
    expect(checkCache(entriesOf(read!)[1]!, other)).toEqual({ state: 'fresh' });
    rmSync(path);
  });

  it('is undefined where there is none', async () => {
    expect(await readRangeCache(join(folder, 'absent.json'))).toBeUndefined();
  });

  it.each([
    ['{', /not JSON/],
    ['{}', /schema/],
    [JSON.stringify({ ...cache, schema: 2 }), /schema/],
    [JSON.stringify({ ...cache, ranges: [{ ...ranges[0], threshold: 0 }] }), /ranges\.0\.threshold/],
    [JSON.stringify({ ...cache, ranges: [...ranges, ...ranges] }), /each tensor once/],
    [JSON.stringify({ ...cache, extra: 1 }), /extra/],
    [JSON.stringify({ ...cache, alternatives: [{ ...cache, ranges }] }), /alternatives\.0/],
  ])('%.20s... is refused by name', (text, message) => {
    expect(() => parseRangeCache(text, 'calibration.json')).toThrow(message);
    expect(() => parseRangeCache(text, 'calibration.json')).toThrow(/calibration\.json/);
  });

  it('names a folder that does not exist', async () => {
    await expect(writeRangeCache(join(folder, 'no', 'calibration.json'), cache)).rejects.toThrow(/no/);
    const file = join(folder, 'plain.txt');
    writeFileSync(file, 'cells');
    await expect(readRangeCache(file)).rejects.toThrow(/not JSON/);
  });
});
