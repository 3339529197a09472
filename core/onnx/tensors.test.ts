import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { TensorProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { safeLocation } from './external-data.ts';
import { float16Bits, float16Max, float16Value, fromFloat16Bits, toFloat16Bits } from './float16.ts';
import {
  DataType,
  float16Tensor,
  floatTensor,
  floatValues,
  int8Tensor,
  int64Tensor,
  tensorValues,
} from './tensors.ts';

describe('float16', () => {
  const allFinite = Array.from({ length: 0x7c00 }, (_, bits) => bits);

  it('keeps every half exactly', () => {
    for (const bits of allFinite) {
      expect(float16Bits(float16Value(bits))).toBe(bits);
      expect(float16Bits(-float16Value(bits))).toBe(bits | 0x8000);
    }
  });

  it('rounds to the nearest half, ties to even', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.float({ noNaN: true, noDefaultInfinity: true, min: 0, max: Math.fround(65519) }),
          fc.float({ noNaN: true, min: 0, max: Math.fround(2 ** -13) }),
          // Exactly between two neighbours.
          fc.integer({ min: 0, max: 0x7bfe }).map((b) => (float16Value(b) + float16Value(b + 1)) / 2),
        ),
        (value) => {
          const bits = float16Bits(value);
          const error = Math.abs(float16Value(bits) - value);
          for (const other of [bits - 1, bits + 1]) {
            if (other < 0 || other >= 0x7c00) continue;
            const otherError = Math.abs(float16Value(other) - value);
            expect(error).toBeLessThanOrEqual(otherError);
            if (error === otherError) expect(bits & 1).toBe(0);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('overflows to infinity from halfway on, and keeps infinities, zeros and NaN', () => {
    expect(float16Value(float16Bits(65519.99))).toBe(float16Max);
    expect(float16Value(float16Bits(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(float16Value(float16Bits(-1e30))).toBe(Number.NEGATIVE_INFINITY);
    expect(float16Bits(-0)).toBe(0x8000);
    expect(float16Bits(2 ** -25)).toBe(0);
    expect(float16Bits(2 ** -25 * 1.0001)).toBe(1);
    expect(float16Value(float16Bits(Number.NaN))).toBeNaN();
    const values = Float32Array.of(0.1, -2, 1e-6);
    expect(fromFloat16Bits(toFloat16Bits(values))).toEqual(values.map((v) => float16Value(float16Bits(v))));
  });
});

describe('tensorValues', () => {
  it('reads what the makers write, through the wire', () => {
    const through = (t: Parameters<typeof tensorValues>[0]) =>
      tensorValues(fromBinary(TensorProtoSchema, toBinary(TensorProtoSchema, t)));
    expect(through(floatTensor('a', [2], Float32Array.of(1.5, -2)))).toEqual(Float32Array.of(1.5, -2));
    expect(through(int8Tensor('a', [3], Int8Array.of(-128, 0, 127)))).toEqual(Int8Array.of(-128, 0, 127));
    expect(through(int64Tensor('a', [2], [-1, 2 ** 40]))).toEqual(BigInt64Array.of(-1n, 2n ** 40n));
    expect(through(float16Tensor('a', [2], Float32Array.of(0.5, 7)))).toEqual(Float32Array.of(0.5, 7));
  });

  it('reads the typed fields', () => {
    const make = (dataType: DataType, fields: object, count = 2) =>
      tensorValues(create(TensorProtoSchema, { name: 't', dataType, dims: [BigInt(count)], ...fields }));
    expect(make(DataType.FLOAT, { floatData: [1, 2] })).toEqual(Float32Array.of(1, 2));
    expect(make(DataType.FLOAT16, { int32Data: [0x3c00, 0xc000] })).toEqual(Float32Array.of(1, -2));
    expect(make(DataType.BFLOAT16, { int32Data: [0x3f80, 0xc000] })).toEqual(Float32Array.of(1, -2));
    expect(make(DataType.INT8, { int32Data: [-5, 5] })).toEqual(Int8Array.of(-5, 5));
    expect(make(DataType.BOOL, { int32Data: [1, 0] })).toEqual(Uint8Array.of(1, 0));
    expect(make(DataType.INT64, { int64Data: [1n, -1n] })).toEqual(BigInt64Array.of(1n, -1n));
    expect(make(DataType.DOUBLE, { doubleData: [1, 2] })).toEqual(Float64Array.of(1, 2));
    expect(make(DataType.INT4, { rawData: Uint8Array.of(0x7f, 0x08) }, 3)).toEqual(Int8Array.of(-1, 7, -8));
    expect(make(DataType.FLOAT, {}, 0)).toEqual(new Float32Array(0));
  });

  it('names a tensor whose data does not fill its shape', () => {
    const short = create(TensorProtoSchema, {
      name: 'weight',
      dataType: DataType.FLOAT,
      dims: [3n],
      rawData: new Uint8Array(8),
    });
    expect(() => tensorValues(short)).toThrow(/weight holds 8 bytes .* takes 12/);
    const fields = create(TensorProtoSchema, {
      name: 'w2',
      dataType: DataType.FLOAT,
      dims: [3n],
      floatData: [1],
    });
    expect(() => tensorValues(fields)).toThrow(/w2 holds 1 elements/);
    expect(() => floatValues(create(TensorProtoSchema, { name: 's', dataType: DataType.STRING }))).toThrow(
      /s has/,
    );
  });
});

describe('safeLocation', () => {
  it('never leads outside the folder, whatever the text', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'b.data', '...', '..a', 'C:', '~', ' ');
    const separator = fc.constantFrom('/', '\\', '//');
    const text = fc
      .array(fc.tuple(part, separator), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.map(([p, s], i) => (i === parts.length - 1 ? p : p + s)).join(''));
    fc.assert(
      fc.property(text, (location) => {
        const path = safeLocation(location);
        if (path === undefined) return;
        // Walk it step by step: the depth never falls below the folder, and ends inside it.
        let depth = 0;
        for (const step of path.split(/[\\/]/)) {
          if (step === '..') depth -= 1;
          else if (step !== '.' && step !== '') depth += 1;
          expect(depth).toBeGreaterThanOrEqual(0);
        }
        expect(depth).toBeGreaterThan(0);
        expect(path.startsWith('/')).toBe(false);
        expect(/^[A-Za-z]:/.test(path)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps plain names and folders below', () => {
    expect(safeLocation('weights.bin')).toBe('weights.bin');
    expect(safeLocation('./data/w.bin')).toBe('data/w.bin');
    expect(safeLocation('data/../w.bin')).toBe('w.bin');
    expect(safeLocation('..hidden')).toBe('..hidden');
  });

  it.each([
    '',
    '..',
    '/etc/passwd',
    '../x',
    'a/../../x',
    'C:\\x',
    'C:x',
    '..\\x',
    '\\\\server\\x',
    'a\0b',
    'dir/',
  ])('refuses %j', (location) => {
    expect(safeLocation(location)).toBeUndefined();
  });
});
