import { beforeEach, describe, expect, it } from 'vitest';
import type { HostClient } from '../../../contract/procedures/index.ts';
import { fakeGraph } from '../../app/testing/fake-graph.ts';
import { computeLayout } from './compute-layout.ts';
import { useGraph } from './graph-store.ts';

function clientWith(answer: () => Promise<unknown>): HostClient {
  return { call: answer, listen: () => () => undefined } as unknown as HostClient;
}

const layOut = async (request: Parameters<typeof computeLayout>[0]) => computeLayout(request);
let file = 0;
const nextFile = () => {
  file += 1;
  return { path: `/models/${file}.onnx`, sha256: `hash-${file}` };
};

describe('the graph that is looked at', () => {
  beforeEach(() =>
    useGraph.setState({ index: null, selected: null, query: '', matches: [], phase: 'reading' }),
  );

  it('is read, laid out and ready', async () => {
    await useGraph.getState().show(
      clientWith(async () => fakeGraph(60, null)),
      nextFile(),
      layOut,
    );
    expect(useGraph.getState().phase).toBe('ready');
    expect(useGraph.getState().index?.nodes.length).toBe(fakeGraph(60, null).nodes.length);
  });

  it('tells what went wrong', async () => {
    const failing = clientWith(async () => {
      throw Object.assign(new Error('The file is gone.'), { remedy: 'Choose it again.' });
    });
    await useGraph.getState().show(failing, nextFile(), layOut);
    expect(useGraph.getState()).toMatchObject({
      phase: 'failed',
      failure: { message: 'The file is gone.', remedy: 'Choose it again.' },
    });
  });

  it('forgets an answer that comes after another graph was asked for', async () => {
    let release: (graph: unknown) => void = () => undefined;
    const slow = useGraph.getState().show(
      clientWith(
        () =>
          new Promise((resolve) => {
            release = resolve;
          }),
      ),
      nextFile(),
      layOut,
    );
    const second = nextFile();
    await useGraph.getState().show(
      clientWith(async () => fakeGraph(60, 'int8')),
      second,
      layOut,
    );
    release(fakeGraph(100, null));
    await slow;
    expect(useGraph.getState().path).toBe(second.path);
    expect(useGraph.getState().index?.nodes.length).toBe(fakeGraph(60, 'int8').nodes.length);
  });

  it('does not ask twice for a file that has not changed', async () => {
    let asked = 0;
    const client = clientWith(async () => {
      asked += 1;
      return fakeGraph(60, null);
    });
    const same = nextFile();
    await useGraph.getState().show(client, same, layOut);
    await useGraph.getState().show(client, nextFile(), layOut);
    await useGraph.getState().show(client, same, layOut);
    expect(asked).toBe(2);
    await useGraph.getState().show(client, { ...same, sha256: 'another' }, layOut);
    expect(asked).toBe(3);
  });

  it('steps through matches in a circle', async () => {
    await useGraph.getState().show(
      clientWith(async () => fakeGraph(60, null)),
      nextFile(),
      layOut,
    );
    useGraph.getState().search('add');
    const { matches, stepMatch } = useGraph.getState();
    expect(matches.length).toBeGreaterThan(1);
    expect(stepMatch(1)).toBe(matches[0]);
    expect(stepMatch(-1)).toBe(matches[matches.length - 1]);
    expect(stepMatch(1)).toBe(matches[0]);
  });
});
