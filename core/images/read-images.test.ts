import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { Failure } from '../base/failure.ts';
import { decodeImage } from './decode-image.ts';
import { scanImages } from './image-set.ts';
import { prepareTensor } from './preprocess.ts';
import { defaultPreprocessing } from './preprocessing.ts';
import { type ImageTensor, readTensors } from './read-images.ts';
import { difference, noiseImage, TemporaryFolder } from './testing/fixtures.ts';

const preprocessing = defaultPreprocessing(32, 32);

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function writeImages(folder: TemporaryFolder, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { data, width, height } = noiseImage(20 + i, 40, i);
    const png = await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    writeFileSync(folder.file(`${String(i).padStart(3, '0')}.png`), png);
  }
}

async function collect(source: AsyncIterable<ImageTensor>): Promise<ImageTensor[]> {
  const items: ImageTensor[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('readTensors', () => {
  it('gives the same tensors in the same order however many are read at a time', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 9);
    const set = await scanImages(folder.path);
    const one = await collect(readTensors(set, preprocessing, { concurrency: 1 }));
    const five = await collect(readTensors(set, preprocessing, { concurrency: 5 }));
    expect(one.map(({ file }) => file)).toEqual(set.files.map(({ file }) => file));
    expect(five.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    for (const [i, { tensor, transform, original }] of five.entries()) {
      const direct = await prepareTensor(await decodeImage(set.files[i]!.path), preprocessing);
      expect(difference(tensor, direct.tensor).max).toBe(0);
      expect(difference(tensor, one[i]!.tensor).max).toBe(0);
      expect(transform).toEqual(direct.transform);
      expect(original).toEqual({ width: 20 + i, height: 40 });
    }
  });

  it('lists unreadable files with reasons and goes on', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 3);
    writeFileSync(folder.file('000b.jpg'), 'not an image');
    const set = await scanImages(folder.path);
    const seen: number[] = [];
    const reader = readTensors(set, preprocessing, { onProgress: ({ value }) => seen.push(value) });
    const items = await collect(reader);
    expect(items.map(({ index }) => index)).toEqual([0, 2, 3]);
    expect(reader.unreadable).toEqual([{ file: '000b.jpg', reason: expect.stringMatching(/not an image/) }]);
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('fails when no image can be read, naming one with its reason', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('a.jpg'), '');
    writeFileSync(folder.file('b.jpg'), 'text');
    const reader = readTensors(await scanImages(folder.path), preprocessing);
    await expect(collect(reader)).rejects.toThrow(/None of the 2 images .* a\.jpg: the file is empty/);
  });

  it('marks images of one colour', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 1);
    const grey = sharp({ create: { width: 9, height: 9, channels: 3, background: '#727272' } });
    writeFileSync(folder.file('grey.png'), await grey.png().toBuffer());
    const items = await collect(readTensors(await scanImages(folder.path), preprocessing));
    expect(items.map(({ constantColour }) => constantColour)).toEqual([false, true]);
  });

  it('keeps few tensors alive when they are recycled, and gives the same values', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 12);
    const set = await scanImages(folder.path);
    const owned = await collect(readTensors(set, preprocessing));
    const buffers = new Set<Float32Array>();
    for await (const { tensor, index } of readTensors(set, preprocessing, {
      concurrency: 2,
      recycle: true,
    })) {
      buffers.add(tensor);
      expect(difference(tensor, owned[index]!.tensor).max).toBe(0);
      // Time for images read ahead to overwrite this one, if they could.
      await delay(5);
      expect(difference(tensor, owned[index]!.tensor).max).toBe(0);
    }
    expect(buffers.size).toBeLessThanOrEqual(4);
    expect(new Set(owned.map(({ tensor }) => tensor)).size).toBe(12);
  });

  it('lets go of tensors that the consumer let go of', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 30);
    const set = await scanImages(folder.path);
    const signal = new AbortController().signal;
    const given: WeakRef<Float32Array>[] = [];
    let alive = 0;
    for await (const { tensor, index } of readTensors(set, preprocessing, { concurrency: 2, signal })) {
      given.push(new WeakRef(tensor));
      if (index < 29) continue;
      // WeakRefs hold on until the current job ends.
      await delay(5);
      collectGarbage();
      alive = given.filter((reference) => reference.deref() !== undefined).length;
    }
    expect(given).toHaveLength(30);
    expect(alive).toBeLessThanOrEqual(5);
  });

  it('reads no further ahead than it was told', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 10);
    const set = await scanImages(folder.path);
    const opened = new Set<string>();
    const files = set.files.map(({ file, path }) => ({
      file,
      get path() {
        opened.add(file);
        return path;
      },
    }));
    const walk = readTensors({ ...set, files }, preprocessing, { concurrency: 2 })[Symbol.asyncIterator]();
    await walk.next();
    await delay(50);
    expect(opened.size).toBe(3);
    await walk.return(undefined);
    await delay(20);
    expect(opened.size).toBe(3);
  });

  it('ends at once when cancelled, even while the consumer waits for an image', async () => {
    using folder = new TemporaryFolder();
    await writeImages(folder, 4);
    const set = await scanImages(folder.path);
    const stop = new AbortController();
    const walk = readTensors(set, preprocessing, { signal: stop.signal })[Symbol.asyncIterator]();
    await walk.next();
    const next = walk.next();
    stop.abort();
    const error = await Promise.all([next, walk.next()]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ code: 'cancelled' });
  });
});
