import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMetadata } from './metadata.ts';
import { readModel } from './model-file.ts';
import { type PythonValue, parsePythonLiteral } from './python-literal.ts';
import { buildModel } from './testing/build-model.ts';
import { fixtureNote, fixturePath, haveFixtures } from './testing/fixtures.ts';

function withMetadata(metadata: Record<string, string>) {
  return buildModel({ inputs: [], outputs: [], nodes: [], metadata });
}

/** Plain JSON values, so that Python can be given the same. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', '\t', 'a', '{', ':', '\0', '\x7f', 'é') }),
    fc.array(tie('value')),
    fc.dictionary(fc.string(), tie('value')),
  ),
})).value;

function plain(value: PythonValue | undefined): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [String(k), plain(v)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('parsePythonLiteral', () => {
  it.each<[string, unknown]>([
    ['None', null],
    ['[True, False, ]', [true, false]],
    ['(1, 2.5, -3)', [1, 2.5, -3]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['()', []],
    ['{}', {}],
    ['{1, 2}', [1, 2]],
    ['{0: \'person\', 1: "traffic light"}', { 0: 'person', 1: 'traffic light' }],
    ['{0: "don\'t", 1: \'say "x"\'}', { 0: "don't", 1: 'say "x"' }],
    ["'\\x41\\u00e9\\U0001f600\\101\\q\\n'", 'Aé😀A\\q\n'],
    ['\'a\' "b"', 'ab'],
    ["u'x'", 'x'],
    ['0x1F', 31],
    ['1_000', 1000],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['5.', 5],
    ['  [ 1 ,\n 2 ] ', [1, 2]],
    ['{"a": [true, null]}', { a: [true, null] }],
  ])('%s', (text, expected) => {
    expect(plain(parsePythonLiteral(text))).toEqual(expected);
  });

  it.each([
    '',
    'detect',
    '__import__("os")',
    '[1',
    '[1 2]',
    '[,]',
    '{1: 2, 3}',
    '{[1]: 2}',
    "'abc",
    "'a\nb'",
    "'''a'''",
    "'\\x4'",
    "'\\N{BULLET}'",
    '1 + 1',
    '1j',
    '012',
    '0x',
    '-',
    '[].__class__',
    '1; 2',
    'True2',
    '['.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(parsePythonLiteral(text)).toBeUndefined();
  });

  it('reads back any JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        // JSON's \/ is never written, and its \u escapes are Python's, but for surrogate pairs.
        const text = JSON.stringify(value);
        fc.pre(!/\\ud[89ab]/i.test(text));
        // Python has no negative zero in integers; JSON writes 0 for it.
        expect(plain(parsePythonLiteral(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[](),:\'"\\ \n0123456789.eE+-xXuUTrueFalsNon_'.split('')) }),
        (text) => {
          parsePythonLiteral(text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  const python = process.env.ENGINEROOM_PYTHON;
  it.skipIf(!python)(
    `reads what Python's repr writes${python ? '' : ' (skipped: ENGINEROOM_PYTHON is unset)'}`,
    () => {
      const values = fc.sample(json, { numRuns: 300, seed: 7 });
      const program = 'import sys, json; print(json.dumps([repr(v) for v in json.load(sys.stdin)]), end="")';
      const written = execFileSync(python ?? '', ['-c', program], { input: JSON.stringify(values) });
      const texts = JSON.parse(written.toString('utf8')) as string[];
      expect(texts).toHaveLength(values.length);
      const expected = JSON.parse(JSON.stringify(values)) as unknown[];
      texts.forEach((text, i) => {
        expect(plain(parsePythonLiteral(text)), text).toEqual(expected[i]);
      });
    },
  );
});

describe('readMetadata', () => {
  it('reads what ultralytics writes', () => {
    const model = withMetadata({
      names: "{0: 'bolt', 1: 'nut'}",
      stride: '32',
      imgsz: '[416, 640]',
      task: 'detect',
    });
    expect(readMetadata(model)).toEqual({
      names: ['bolt', 'nut'],
      stride: 32,
      imgsz: [416, 640],
      task: 'detect',
    });
  });

  it('reads lists, gaps, single sizes and strides by level', () => {
    expect(readMetadata(withMetadata({ names: "['a', 'b']", imgsz: '640', stride: '[8, 16, 32]' }))).toEqual({
      names: ['a', 'b'],
      stride: 32,
      imgsz: [640, 640],
      task: null,
    });
    expect(readMetadata(withMetadata({ names: "{2: 'c', 0: 'a'}" })).names).toEqual(['a', 'class 1', 'c']);
    expect(readMetadata(withMetadata({ names: '{"0": "a", "1": "b"}' })).names).toEqual(['a', 'b']);
  });

  it('gives null for what is absent or broken', () => {
    const nothing = { names: null, stride: null, imgsz: null, task: null };
    expect(readMetadata(withMetadata({}))).toEqual(nothing);
    expect(
      readMetadata(withMetadata({ names: "{0: 'a'", stride: '-3', imgsz: '[1, 2, 3]', task: ' ' })),
    ).toEqual(nothing);
    expect(readMetadata(withMetadata({ names: "{99999999999: 'a'}" })).names).toBeNull();
    expect(readMetadata(withMetadata({ names: "{'x': 'a'}" })).names).toBeNull();
  });

  it.skipIf(!haveFixtures)(`reads the fixtures${fixtureNote}`, async () => {
    expect(readMetadata(await readModel(fixturePath('cells-yolov5n')))).toEqual({
      names: ['Platelets', 'RBC', 'WBC'],
      stride: 32,
      imgsz: null,
      task: null,
    });
    expect(readMetadata(await readModel(fixturePath('parts')))).toEqual({
      names: ['bolt', 'nut', 'washer', 'gear'],
      stride: 32,
      imgsz: [416, 416],
      task: 'detect',
    });
  });
});
