/** Bad input: calibration caches of other inputs. Each gets one sentence that names it, the remedy, the right exit code; nothing half-written stays. */

import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel, serialiseModel } from '../../../core/onnx/model-file.ts';
import {
  calibrationImages,
  convert,
  inFolder,
  model,
  newOut,
  quick,
  readReport,
  write,
} from '../testing/bad-input.ts';
import { built, runCli, whyNotBuilt } from '../testing/run-cli.ts';

describe.skipIf(!built)(`a calibration cache${whyNotBuilt}`, () => {
  const precision = ['--precision', 'fp32,int8'];

  it('of other images or other preprocessing is named as stale and not used; ordered, it is used and said', async () => {
    const cache = inFolder('shared-ranges.json');
    const words = ['--calibration', calibrationImages, '--cache', cache, ...precision, ...quick];
    const first = newOut();
    expect((await convert(model, first, words)).code).toBe(0);
    expect(readReport(first).calibration?.cache).toBe('computed');

    const same = newOut();
    expect((await convert(model, same, words)).code).toBe(0);
    expect(readReport(same).calibration?.cache).toBe('reused');

    for (const [change, reason] of [
      [['--calibration-limit', '2'], /image/],
      [['--color', 'bgr'], /preprocessing|colou?r/],
      [['--method', 'percentile'], /method/],
    ] as const) {
      const ordered = newOut();
      const reused = await convert(model, ordered, [...words, ...change, '--reuse-stale-cache']);
      expect(reused.code).toBe(0);
      expect(reused.stderr).toMatch(/stale/);
      expect(readReport(ordered).calibration?.cache).toBe('reused-stale');

      const out = newOut();
      // A copy, because a stale cache is replaced by the new ranges.
      const own = inFolder(`stale-${change[0]}.json`);
      copyFileSync(cache, own);
      const { code, stderr } = await convert(model, out, [...words, ...change, '--cache', own]);
      expect(stderr).toMatch(/stale/);
      expect(stderr).toMatch(reason);
      expect(code).toBe(0);
      expect(readReport(out).calibration?.cache).toBe('computed');
    }
  }, 240_000);

  it('of another model is named as stale and not used', async () => {
    const cache = inFolder('model-ranges.json');
    const words = ['--calibration', calibrationImages, '--cache', cache, ...precision, ...quick];
    expect((await convert(model, newOut(), words)).code).toBe(0);
    const { proto } = await readModel(model);
    proto.producerName = 'another exporter';
    const out = newOut();
    const { code, stderr } = await convert(write('other.onnx', serialiseModel(proto)), out, words);
    expect(stderr).toMatch(/stale[^\n]*model/);
    expect(code).toBe(0);
    expect(readReport(out).calibration?.cache).toBe('computed');
  }, 120_000);

  it('that ruins INT8 makes an error of it, in exit code, terminal and report', async () => {
    const cache = inFolder('ruin.json');
    const words = [
      '--calibration',
      calibrationImages,
      '--cache',
      cache,
      ...precision,
      ...quick,
      '--size',
      '256x256',
    ];
    expect((await convert(model, newOut(), words)).code).toBe(0);
    const document = JSON.parse(readFileSync(cache, 'utf8')) as {
      ranges: { threshold: number; scale: number }[];
    };
    for (const range of document.ranges) {
      range.threshold /= 1000;
      range.scale /= 1000;
    }
    writeFileSync(cache, JSON.stringify(document));
    const out = newOut();
    const ruined = await convert(model, out, words);
    expect(ruined.stderr).toContain('DETECTIONS LOST');
    expect(ruined.stderr).toMatch(/INT8 is not usable/);
    expect(ruined.code).toBe(1);
    expect(readReport(out).results.find((result) => result.precision === 'int8')?.status).toBe(
      'detections-lost',
    );
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('<tr class="int8 failed">');
    const exported = await runCli(['export', out, '--precision', 'int8', '--to', newOut()]);
    expect(exported.stderr).toContain('not usable');
    expect(exported.code).toBe(1);

    const allowed = await convert(model, newOut(), [...words, '--allow-lost-detections']);
    expect(allowed.code).toBe(0);
    expect(allowed.stderr).toContain('DETECTIONS LOST');
  }, 120_000);

  it('that is no cache is refused', async () => {
    const cache = write('no-cache.json', '{"schema": 1}');
    const { code, stderr } = await convert(model, newOut(), [
      '--calibration',
      calibrationImages,
      '--cache',
      cache,
      ...quick,
    ]);
    expect(stderr).toContain('no-cache.json');
    expect(code).toBe(2);
  }, 60_000);
});
