/** Runs with a conversion that does as it is told: queue, cancel, repeat, replay, removal, and what a restart finds. */

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../contract/events.ts';
import { Failure } from '../../../core/base/failure.ts';
import { exampleReport } from '../../../core/conversion/report-html/example-report.ts';
import { eventually } from '../testing/eventually.ts';
import { copyModel, follow, noStore, startTestHost, type TestHost } from '../testing/test-host.ts';
import type { Convert } from './execute-run.ts';

type Options = Parameters<Convert>[1] & object;
type Outcome = Awaited<ReturnType<Convert>>;

/** A conversion under the control of a test. */
class Conversion {
  readonly options: Options;
  readonly out: string;
  readonly outcome: Promise<Outcome>;
  #resolve: (outcome: Outcome) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(out: string, options: Options) {
    this.out = out;
    this.options = options;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.signal?.addEventListener('abort', () => {
      this.fail(new Failure('cancelled', 'The run was cancelled.', 'Start it again.'));
    });
  }

  progress(value: number): void {
    this.options.onEvent?.({
      type: 'progress',
      step: 'prepare',
      value,
      stepValue: value,
      description: `at ${value}`,
      secondsLeft: null,
    });
  }

  start(): void {
    this.options.onEvent?.({ type: 'step-started', step: 'prepare', title: 'Prepare' });
  }

  async publish(name: string, contents: string): Promise<void> {
    await mkdir(this.out, { recursive: true });
    await writeFile(join(this.out, name), contents);
    this.options.onPublish?.(name);
  }

  finish(verdict: Failure | null = null): void {
    const report = exampleReport({ run: this.options.id ?? 'none' });
    const [reportPath, htmlPath] = [join(this.out, 'report.json'), join(this.out, 'report.html')];
    this.#resolve({ report, reportPath, htmlPath, verdict });
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}

describe.skipIf(noStore !== '')(`the run service${noStore}`, () => {
  let test: TestHost | undefined;
  afterEach(async () => {
    expect(test?.problems).toEqual([]);
    await test?.end();
    test = undefined;
  });

  async function start() {
    const conversions: Conversion[] = [];
    const convert: Convert = (specification, options = {}) => {
      const conversion = new Conversion(specification.out, options);
      conversions.push(conversion);
      return conversion.outcome;
    };
    test = await startTestHost({ convert });
    const client = await test.client('port');
    const model = await copyModel(join(test.work, 'über den Tellerrand', 'm.onnx'));
    const submit = (more: Readonly<Record<string, unknown>> = {}) =>
      client.call('runs.submit', { specification: { model, precisions: ['fp32'], ...more } });
    /** The nth conversion, once it has begun. */
    const conversion = async (n: number): Promise<Conversion> => {
      await eventually(() => expect(conversions.length).toBeGreaterThan(n));
      return conversions[n]!;
    };
    const states = async () =>
      (await client.call('runs.list', {})).runs.map(({ state, queuePosition }) => [state, queuePosition]);
    return { test, client, submit, conversion, conversions, states, model };
  }

  it('runs one after another and tells who watches', async () => {
    const { client, submit, conversion, conversions, states } = await start();
    const seen: string[] = [];
    client.listen('runs.watch', {}, ({ id, state, queuePosition }) => {
      const line = `${id.slice(-6)} ${state} ${queuePosition}`;
      if (seen.at(-1) !== line) seen.push(line);
    });
    const [a, b, c] = [await submit(), await submit(), await submit()];
    expect([a.state, b.queuePosition, c.queuePosition]).toEqual(['running', 0, 1]);
    expect(conversions).toHaveLength(1);
    (await conversion(0)).finish();
    (await conversion(1)).fail(new Failure('disk-full', 'No space is left.', 'Free some.'));
    await conversion(2);
    expect(await states()).toEqual([
      ['done', null],
      ['failed', null],
      ['running', null],
    ]);
    const { summary, log } = await client.call('runs.get', { id: b.id });
    expect(summary.error).toEqual({ code: 'disk-full', message: 'No space is left.', remedy: 'Free some.' });
    expect(log.at(-1)).toMatchObject({ type: 'error', code: 'disk-full' });
    const last = (id: string) =>
      seen
        .filter((line) => line.startsWith(id.slice(-6)))
        .at(-1)
        ?.slice(7);
    await eventually(() => expect(last(c.id)).toBe('running null'));
    expect(last(a.id)).toBe('done null');
    expect(seen.some((line) => line === `${c.id.slice(-6)} queued 0`)).toBe(true);
    (await conversion(2)).finish();
  });

  it('refuses a specification that cannot work before it is queued', async () => {
    const { client, submit, test, states } = await start();
    await expect(submit({ frob: 1 })).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(submit({ precisions: ['int8'] })).rejects.toThrow('--calibration');
    await expect(submit({ model: join(test.work, 'gone.onnx') })).rejects.toThrow('does not exist');
    await expect(submit({ model: test.work })).rejects.toThrow('folder');
    await expect(submit({ model: '/etc/passwd' })).rejects.toThrow('not below');
    await expect(submit({ out: '/elsewhere' })).rejects.toThrow('not below');
    await expect(submit({ validation: { images: '/usr' } })).rejects.toThrow('not below');
    await expect(client.call('runs.submit', { specification: [] as never })).rejects.toMatchObject({
      code: 'bad-usage',
    });
    expect(await states()).toEqual([]);
  });

  it('cancels what runs and what waits, and nothing twice', async () => {
    const { client, submit, conversion, states } = await start();
    const [a, b] = [await submit(), await submit()];
    await conversion(0);
    const waiting = follow(client, b.id);
    await client.call('runs.cancel', { id: b.id });
    expect(await waiting).toEqual([]);
    await client.call('runs.cancel', { id: a.id });
    expect(await states()).toEqual([
      ['cancelled', null],
      ['cancelled', null],
    ]);
    await expect(client.call('runs.cancel', { id: a.id })).rejects.toMatchObject({ code: 'bad-usage' });
    await expect(client.call('runs.cancel', { id: 'x' })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('catches up who comes late and goes on live, progress coalesced', async () => {
    const { client, submit, conversion, test } = await start();
    const { id } = await submit();
    const run = await conversion(0);
    run.start();
    for (let i = 0; i <= 500; i++) run.progress(i / 1000);
    const late = await test.client('socket');
    const heard: RunEvent[] = [];
    const end = new Promise((resolve) => {
      late.listen('runs.follow', { id }, (event) => heard.push(event), resolve);
    });
    await eventually(() => expect(heard.at(-1)).toMatchObject({ type: 'progress', value: 0.5 }));
    expect(heard[0]).toMatchObject({ type: 'step-started' });
    expect(heard.length).toBeLessThan(10);
    const { summary } = await client.call('runs.get', { id });
    expect(summary).toMatchObject({ progress: 0.5, step: 'at 0.5' });
    run.progress(0.9);
    run.finish(new Failure('target-missed', 'The target was not reached.', 'Try another method.'));
    expect(await end).toBeNull();
    expect(heard.slice(-3)).toMatchObject([
      { type: 'progress', value: 0.9 },
      { type: 'error', code: 'target-missed' },
      { type: 'report', report: { run: id } },
    ]);
    const { runs } = await client.call('runs.list', {});
    expect(runs[0]).toMatchObject({ state: 'done', error: { code: 'target-missed' } });
  });

  it('repeats a run beside its results, and a failed one in its folder', async () => {
    const { client, submit, conversion } = await start();
    const a = await submit({ threads: 3 });
    (await conversion(0)).finish();
    const b = await client.call('runs.repeat', { id: a.id });
    expect(b.out).not.toBe(a.out);
    (await conversion(1)).fail(new Error('a bug\nwith details'));
    await eventually(async () => {
      const { summary } = await client.call('runs.get', { id: b.id });
      expect(summary.error).toMatchObject({ code: 'internal', message: expect.stringContaining('a bug') });
    });
    const c = await client.call('runs.repeat', { id: b.id });
    expect(c.out).toBe(b.out);
    const { specification } = await client.call('runs.get', { id: c.id });
    expect(specification).toMatchObject({ threads: 3, out: b.out });
    (await conversion(2)).finish();
    const d = await client.call('runs.repeat', { id: c.id });
    expect(d.out).not.toBe(c.out);
    (await conversion(3)).finish();
  });

  it('removes what a run made and no other claims, and nothing that is under way', async () => {
    const { client, submit, conversion, test } = await start();
    const out = join(test.work, 'out');
    const a = await submit({ out });
    await expect(client.call('runs.remove', { id: a.id })).rejects.toThrow('not over');
    await (await conversion(0)).publish('m-ranges.json', 'first');
    await (await conversion(0)).publish('m-fp32.onnx', 'first');
    (await conversion(0)).finish();
    const b = await submit({ out });
    await writeFile(join(out, 'mine.txt'), 'mine');
    await (await conversion(1)).publish('m-fp32.onnx', 'second');
    (await conversion(1)).finish();
    await follow(client, b.id).catch(() => undefined);
    await client.call('runs.remove', { id: a.id });
    expect((await readdir(out)).toSorted()).toEqual(['m-fp32.onnx', 'mine.txt']);
    await client.call('runs.remove', { id: b.id });
    expect(await readdir(out)).toEqual(['mine.txt']);
    await expect(client.call('runs.get', { id: b.id })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('marks the run under way when the host ends, and goes on with what waits', async () => {
    const { submit, conversion, test: before } = await start();
    const [a, b] = [await submit(), await submit()];
    await conversion(0);
    test = await before.restart();
    const client = await test.client();
    const { runs } = await client.call('runs.list', {});
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      [a.id, 'interrupted'],
      [b.id, 'running'],
    ]);
  });
});
