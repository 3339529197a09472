import { describe, expect, it } from 'vitest';
import { exampleReport } from '../compare/testing/example-report.ts';
import { engineOf, summaryOf } from '../compare/testing/example-runs.ts';
import { createFakeClient, FakeFailure } from '../compare/testing/fake-client.ts';
import { downloadsOf, exportFolder } from './engine-files.ts';
import {
  chooseEngines,
  fileName,
  firstOrder,
  isUnusable,
  orderAfterClick,
  verificationInWords,
} from './engine-rows.ts';
import { createEnginesStore } from './engines-store.ts';
import { fieldName, manifestGroups } from './manifest-rows.ts';

const run = summaryOf('run-1', exampleReport(), '2026-03-14T10:15:00Z');
const newer = summaryOf('run-2', exampleReport(), '2026-03-15T10:15:00Z');
const engines = [run, newer].flatMap((one) => one.figures.map((figure) => engineOf(one, figure, 0)));

describe('chooseEngines', () => {
  it('shows the newest run first, its precisions in their order', () => {
    expect(chooseEngines(engines, '', firstOrder).map(({ id }) => id)).toEqual([
      'run-2:fp32',
      'run-2:fp16',
      'run-2:int8',
      'run-1:fp32',
      'run-1:fp16',
      'run-1:int8',
    ]);
  });

  it('finds by every word of a search, in path and hash too', () => {
    expect(chooseEngines(engines, 'INT8 run-1', firstOrder).map(({ id }) => id)).toEqual(['run-1:int8']);
    expect(chooseEngines(engines, 'nothing', firstOrder)).toEqual([]);
  });

  it('keeps engines without the figure last in both directions', () => {
    const [first, ...rest] = engines;
    const gap = [{ ...first!, map5095: null }, ...rest];
    for (const falling of [true, false]) {
      expect(chooseEngines(gap, '', { by: 'map5095', falling }).at(-1)?.map5095).toBeNull();
    }
  });

  it('turns a column round at the second click', () => {
    expect(orderAfterClick(firstOrder, 'bytes')).toEqual({ by: 'bytes', falling: false });
    expect(orderAfterClick({ by: 'bytes', falling: false }, 'bytes')).toEqual({ by: 'bytes', falling: true });
    expect(orderAfterClick(firstOrder, 'map5095').falling).toBe(true);
  });
});

describe('engine files', () => {
  it('takes names and folders out of paths of both kinds', () => {
    expect(fileName('C:\\out\\parts-int8.onnx')).toBe('parts-int8.onnx');
    expect(exportFolder({ path: '/out/parts-int8.onnx' }, '/home/me/')).toBe('/home/me/parts-int8');
    expect(exportFolder({ path: 'C:\\out\\parts-int8.onnx' }, 'D:\\engines')).toBe('D:\\engines\\parts-int8');
  });

  it('downloads the files that are there, and the report', () => {
    const found = {
      whole: false,
      files: [
        { file: 'parts.onnx', state: 'same' },
        { file: 'parts.calib.cache', state: 'missing' },
      ] as const,
    };
    expect(
      downloadsOf({ run: 'run-1' }, { ...found, files: [...found.files] }).map(({ path }) => path),
    ).toEqual(['runs/run-1/files/parts.onnx', 'runs/run-1/report.html']);
  });

  it('says what a verification found', () => {
    expect(verificationInWords({ whole: true, files: [{ file: 'a', state: 'same' }] })).toBe(
      'Whole: the file is as built.',
    );
    expect(
      verificationInWords({
        whole: false,
        files: [
          { file: '/x/a.onnx', state: 'changed' },
          { file: '/x/b.cache', state: 'missing' },
        ],
      }),
    ).toBe('Not as built: a.onnx changed since the build; b.cache is missing.');
  });

  it('knows an engine that its run judged unusable', () => {
    expect(isUnusable({ manifest: { status: 'detections-lost' } })).toBe(true);
    expect(isUnusable({ manifest: { status: 'ok' } })).toBe(false);
    expect(isUnusable({ manifest: null })).toBe(false);
  });
});

describe('manifestGroups', () => {
  it('groups nested fields by their first part, plain ones in front', () => {
    expect(
      manifestGroups({
        schema: 1,
        engine: { file: 'a.onnx', nested: { deep: true } },
        names: ['x', 'y'],
        none: null,
      }),
    ).toEqual([
      {
        name: 'General',
        rows: [
          { path: 'schema', value: '1' },
          { path: 'names', value: 'x, y' },
          { path: 'none', value: 'none' },
        ],
      },
      {
        name: 'engine',
        rows: [
          { path: 'file', value: 'a.onnx' },
          { path: 'nested.deep', value: 'yes' },
        ],
      },
    ]);
    expect(fieldName('measuredOn')).toBe('Measured on');
  });
});

describe('engines store', () => {
  it('takes a removed engine off at once and brings it back when the host refuses', async () => {
    const store = createEnginesStore(
      createFakeClient({
        'engines.list': () => ({ engines: [...engines] }),
        'engines.remove': () => {
          throw new FakeFailure('The folder is read-only.', 'Make it writable.');
        },
      }),
    );
    await store.refresh();
    const removing = store.remove('run-1:int8');
    expect(store.state.getState().engines).toHaveLength(5);
    await expect(removing).rejects.toThrow('read-only');
    expect(store.state.getState().engines).toHaveLength(6);
  });

  it('restores by asking for the list again', async () => {
    const client = createFakeClient({
      'engines.list': () => ({ engines: [...engines] }),
      'engines.restore': () => ({}),
    });
    const store = createEnginesStore(client);
    await store.restore('run-1:int8');
    expect(client.calls.map(({ name }) => name)).toEqual(['engines.restore', 'engines.list']);
  });

  it('verifies one after the other until it is stopped', async () => {
    const stop = new AbortController();
    const client = createFakeClient({
      'engines.verify': ({ id }) => {
        if (id === 'b') stop.abort();
        return { whole: true, files: [] };
      },
    });
    const store = createEnginesStore(client);
    await store.verifyAll(['a', 'b', 'c'], stop.signal);
    expect(client.calls).toHaveLength(2);
    expect(store.state.getState().verified.get('a')?.state).toBe('done');
  });

  it('keeps what went wrong while verifying', async () => {
    const store = createEnginesStore(
      createFakeClient({
        'engines.verify': () => {
          throw new FakeFailure('It was replaced.', 'Choose the later one.');
        },
      }),
    );
    expect(await store.verify('a')).toEqual({
      state: 'failed',
      failure: { message: 'It was replaced.', remedy: 'Choose the later one.' },
    });
  });
});
