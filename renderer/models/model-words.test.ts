import { describe, expect, it } from 'vitest';
import { fakeModel } from '../app/testing/fake-data.ts';
import { graphSources } from './graph/graph-sources.ts';
import { formatDims, inputSizeWords, sortedProblems } from './model-words.ts';

describe('a model in words', () => {
  it('writes shapes with fixed, named and unknown sizes', () => {
    expect(formatDims([1, 3, 640, 640])).toBe('1 × 3 × 640 × 640');
    expect(formatDims(['batch', 3, null, 640])).toBe('batch × 3 × ? × 640');
    expect(formatDims([])).toBe('scalar');
  });

  it('says how firm the input size is', () => {
    expect(inputSizeWords(fakeModel())).toEqual({ value: '640 × 640', note: 'fixed, batch fixed' });
    expect(inputSizeWords(fakeModel({ inputSize: null, dynamicSize: true, dynamicBatch: true }))).toEqual({
      value: 'open',
      note: 'any size, any batch',
    });
  });

  it('names errors before warnings', () => {
    const problem = (severity: 'error' | 'warning', message: string) => ({ severity, message, remedy: '' });
    const sorted = sortedProblems([problem('warning', 'a'), problem('error', 'b'), problem('warning', 'c')]);
    expect(sorted.map(({ message }) => message)).toEqual(['b', 'a', 'c']);
  });
});

describe('the graphs of a model', () => {
  const engine = (run: string, builtAt: string, more = {}) => ({
    id: `${run}:int8`,
    run,
    modelName: 'm',
    precision: 'int8' as const,
    target: 'onnxruntime' as const,
    path: `/out/${run}/int8.onnx`,
    bytes: 1,
    sha256: run,
    builtAt,
    p50Ms: null,
    map5095: null,
    manifest: null,
    present: true,
    ...more,
  });
  it('are its own and those of its engines that are still there, newest first', () => {
    const model = { path: '/m.onnx', sha256: 'own' };
    const runs = [
      { id: 'old', modelPath: '/m.onnx' },
      { id: 'new', modelPath: '/m.onnx' },
      { id: 'other', modelPath: '/another.onnx' },
    ];
    const sources = graphSources(
      model,
      [
        engine('old', '2026-01-01T00:00:00Z'),
        engine('new', '2026-02-01T00:00:00Z'),
        engine('other', '2026-03-01T00:00:00Z'),
        engine('new', '2026-02-01T00:00:00Z', { present: false }),
        engine('new', '2026-02-01T00:00:00Z', { target: 'tensorrt' }),
      ],
      runs,
    );
    expect(sources.map(({ path }) => path)).toEqual(['/m.onnx', '/out/new/int8.onnx', '/out/old/int8.onnx']);
    expect(sources[1]?.hint).toBe('built 2026-02-01 00:00 UTC');
  });
});
