import { describe, expect, it } from 'vitest';
import { Failure } from '../../../core/base/failure.ts';
import { featureLength } from '../../../core/images/visual-feature.ts';
import { decodedAtMost, Examination, evenSample } from './examination.ts';
import { ImageColumns } from './image-columns.ts';
import type { Digest } from './worker/digest.ts';
import type { Examined } from './worker/examine.ts';
import type { TaskRunner } from './worker/task-process.ts';

interface FakeFile {
  readonly bytes: number;
  readonly contents: string;
  /** What happens when it is examined. */
  readonly fate?: 'unreadable' | 'kills';
}

/** A process in which files are what a table says. */
class FakeProcess implements TaskRunner {
  readonly examined: { path: string; decode: boolean }[] = [];
  readonly digested: string[] = [];
  deaths = 0;
  readonly #files: ReadonlyMap<string, FakeFile>;

  constructor(files: ReadonlyMap<string, FakeFile>) {
    this.#files = files;
  }

  // The tasks' types are checked where the examination calls them.
  run: TaskRunner['run'] = async (task, input, { signal }) => {
    if (signal.aborted) throw new Failure('cancelled', 'Cancelled.', '');
    const { files } = input as { files: { path: string; decode: boolean; kind: 'head' | 'whole' }[] };
    if (task === 'digest') return files.map((file) => this.#digest(file)) as never;
    if (files.some(({ path }) => this.#files.get(path)?.fate === 'kills')) {
      this.deaths++;
      throw new Failure('worker-lost', 'The process ended.', '');
    }
    this.examined.push(...files);
    return files.map((file) => this.#examine(file)) as never;
  };

  #examine({ path, decode }: { path: string; decode: boolean }): Examined {
    const file = this.#files.get(path);
    if (file === undefined || file.fate === 'unreadable') return { kind: 'unreadable', reason: 'broken' };
    const feature = decode ? new Uint8Array(featureLength) : null;
    return { kind: 'image', bytes: file.bytes, width: 4, height: 3, feature };
  }

  #digest({ path, kind }: { path: string; kind: 'head' | 'whole' }): Digest {
    this.digested.push(`${kind} ${path}`);
    const contents = this.#files.get(path)?.contents ?? '';
    return kind === 'head'
      ? { sha256: contents.slice(0, 1), whole: contents.length <= 1 }
      : { sha256: contents, whole: true };
  }
}

function setOf(files: readonly FakeFile[]) {
  const columns = new ImageColumns();
  columns.root = '/set';
  columns.add(files.map((_, index) => `${index}.jpg`));
  const process = new FakeProcess(new Map(files.map((file, index) => [`/set/${index}.jpg`, file])));
  return { columns, process, examination: new Examination(columns, process) };
}

const { signal } = new AbortController();
const file = (contents: string, fate?: FakeFile['fate']): FakeFile => ({
  bytes: contents.length,
  contents,
  ...(fate ? { fate } : {}),
});

describe('Examination', () => {
  it('marks the file that ends the process, and no other', async () => {
    const files = Array.from({ length: 100 }, (_, i) =>
      file(`${i}${'x'.repeat(i)}`, i === 70 ? 'kills' : undefined),
    );
    const { columns, process, examination } = setOf(files);
    const told: number[] = [];
    await examination.run(signal, (count) => told.push(count));
    expect(process.deaths).toBe(2);
    expect(columns.count('ok')).toBe(99);
    expect(columns.item(70)).toMatchObject({ state: 'unreadable', reason: expect.stringContaining('ended') });
    expect(told).toEqual([64, 100]);
  });

  it('finds duplicates in different batches; broken files repeat nothing', async () => {
    const files = Array.from({ length: 130 }, (_, i) => file(`${i}${'x'.repeat(i)}`));
    files[129] = files[3] as FakeFile;
    files[5] = file('same', 'unreadable');
    files[6] = file('same');
    files[100] = file('same');
    const { columns, examination } = setOf(files);
    await examination.run(signal, () => undefined);
    expect(columns.count('duplicate')).toBe(2);
    expect(columns.item(129).reason).toContain('3.jpg');
    expect(columns.item(100).reason).toContain('6.jpg');
    expect(columns.state(5)).toBe('unreadable');
  });

  it('decodes an even sample of a large set, and the candidates that are missing when they are wanted', async () => {
    const files = Array.from({ length: decodedAtMost + 500 }, (_, i) => file(String(i).repeat(3)));
    const { process, examination } = setOf(files);
    await examination.decode(examination.candidates(), signal);
    expect(process.examined).toHaveLength(decodedAtMost);
    expect(examination.features.size).toBe(decodedAtMost);
    await examination.decode(examination.candidates(), signal);
    expect(process.examined).toHaveLength(decodedAtMost);
  });

  it('stops when the set is closed', async () => {
    const { examination } = setOf([file('a')]);
    await expect(examination.run(AbortSignal.abort(), () => undefined)).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('evenSample', () => {
  it('takes all of few and spreads over many', () => {
    expect(evenSample(3, 5)).toEqual([0, 1, 2]);
    expect(evenSample(10, 3)).toEqual([1, 5, 8]);
  });
});
