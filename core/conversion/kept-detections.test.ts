import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from './command-line.ts';
import { convert } from './convert.ts';
import { detectionsName, keptScore, readKeptDetections, writeKeptDetections } from './kept-detections.ts';
import { parseSpecification } from './specification.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'assets/sample');
const built = existsSync(join(root, 'dist/core/conversion/kept-detections.js'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engineroom-kept-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const boxes = (scores: number[]) => ({
  count: scores.length,
  boxes: Float32Array.from(scores.flatMap((_, i) => [i, i + 0.5, i + 2, i + 3])),
  scores: Float32Array.from(scores),
  classes: Int32Array.from(scores.map((_, i) => i % 2)),
});

describe('kept detections', () => {
  it('come back as they were, without boxes that nobody would look at', async () => {
    const path = join(folder, detectionsName('parts-int8.onnx'));
    expect(path).toMatch(/parts-int8\.detections\.json$/);
    const kept = {
      precision: 'int8' as const,
      classNames: ['nut', 'bolt'],
      images: [
        { file: 'a.png', width: 4, height: 3 },
        { file: 'b.png', width: 5, height: 6 },
      ],
      detections: new Map([
        ['a.png', boxes([0.75, 0.5, 0.04])],
        ['b.png', boxes([])],
      ]),
      differences: [{ file: 'a.png', lost: 1, added: 0, moved: 2, difference: 1.5 }],
      labels: { 'a.png': [{ classIndex: 1, x1: 0, y1: 0, x2: 1, y2: 1 }] },
    };
    await writeKeptDetections(path, kept);
    const { detections, ...rest } = await readKeptDetections(path);
    const { detections: _, ...expected } = kept;
    expect(rest).toMatchObject(expected);
    expect(detections.get('a.png')).toEqual(boxes([0.75, 0.5]));
    expect(detections.get('b.png')?.count).toBe(0);
  });

  it('are refused in a sentence when the file is something else or gone', async () => {
    const path = join(folder, 'odd.json');
    await writeFile(path, '{"schema":1}');
    await expect(readKeptDetections(path)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(readKeptDetections(join(folder, 'gone.json'))).rejects.toMatchObject({ code: 'bad-input' });
  });

  it.skipIf(!built)(
    `are published for each precision with boxes, differences and labels${built ? '' : ' (skipped: run "npm run build:ts" first)'}`,
    async () => {
      const out = join(folder, 'out');
      const specification = parseSpecification({
        model: join(sample, 'parts.onnx'),
        out,
        precisions: ['fp32', 'fp16'],
        validation: {
          images: join(sample, 'images/validation'),
          labels: join(sample, 'annotations/validation.json'),
          limit: 3,
        },
        benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 0 },
        keepDetections: true,
      });
      const published: string[] = [];
      const { report } = await convert(specification, {
        id: 'run-7',
        onPublish: (name) => published.push(name),
      });
      expect(report.run).toBe('run-7');
      expect(commandLine(specification)).toContain('--keep-detections');
      expect(published.toSorted()).toEqual((await readdir(out)).toSorted());
      expect(published).toContain('parts-fp16.detections.json');

      const fp32 = await readKeptDetections(join(out, 'parts-fp32.detections.json'));
      const fp16 = await readKeptDetections(join(out, 'parts-fp16.detections.json'));
      expect(fp32.images).toHaveLength(3);
      expect([...fp32.detections.keys()]).toEqual(fp32.images.map(({ file }) => file));
      expect(fp32.images.every(({ width, height }) => width > 0 && height > 0)).toBe(true);
      const scores = [...fp32.detections.values()].flatMap((each) => [...each.scores]);
      expect(scores.length).toBeGreaterThan(0);
      expect(Math.min(...scores)).toBeGreaterThanOrEqual(keptScore);
      const { images } = JSON.parse(await readFile(join(sample, 'annotations/validation.json'), 'utf8'));
      expect(Object.keys(fp32.labels ?? {})).toHaveLength(3);
      expect(images.map((image: { file_name: string }) => image.file_name)).toEqual(
        expect.arrayContaining(Object.keys(fp32.labels ?? {})),
      );
      expect(fp32.differences).toEqual([]);
      expect(fp16.labels).toBeNull();
      const [agreement] = report.results.flatMap((result) => result.agreement ?? []);
      const sum = (field: 'lost' | 'added') =>
        fp16.differences.reduce((total, each) => total + each[field], 0);
      expect([sum('lost'), sum('added')]).toEqual([agreement?.lost, agreement?.added]);
    },
  );
});
