/** Bad input: image sets that hold little or nothing. Each gets one sentence that names it, the remedy, the right exit code; nothing half-written stays. */

import { copyFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import {
  calibrationImages,
  convert,
  inFolder,
  makeFolder,
  model,
  newOut,
  quick,
  readReport,
} from '../testing/bad-input.ts';
import { built, whyNotBuilt } from '../testing/run-cli.ts';

describe.skipIf(!built)(`bad images${whyNotBuilt}`, () => {
  const withCalibration = (images: string) => ['--calibration', images, ...quick];

  it('none at all, or none among other files', async () => {
    const empty = makeFolder('no-images');
    const nothing = await convert(model, newOut(), withCalibration(empty));
    expect(nothing.stderr).toContain('no-images is empty');
    expect(nothing.code).toBe(2);

    const texts = makeFolder('texts');
    for (const name of ['a.txt', 'b.txt', 'c.md']) writeFileSync(join(texts, name), 'words');
    const { code, stderr } = await convert(model, newOut(), withCalibration(texts));
    expect(stderr).toContain('holds no image');
    expect(stderr).toContain('2 .txt');
    expect(code).toBe(2);

    const absent = await convert(model, newOut(), withCalibration(inFolder('absent-images')));
    expect(absent.stderr).toContain('absent-images does not exist');
    expect(absent.code).toBe(2);
  });

  it('all unreadable', async () => {
    const broken = makeFolder('broken');
    writeFileSync(join(broken, 'a.jpg'), 'no picture');
    const { code, stderr } = await convert(model, newOut(), withCalibration(broken));
    expect(stderr).toMatch(/cannot? be read|can be read/);
    expect(stderr).toContain('broken');
    expect(code).toBe(2);
  });

  it('a single one, one of 1x1 pixel, one cut in half, one of 20,000x20,000: works, warns, names the broken one', async () => {
    const single = makeFolder('single');
    copyFileSync(join(calibrationImages, readdirSync(calibrationImages)[0]!), join(single, 'only.jpg'));
    const one = await convert(model, newOut(), withCalibration(single));
    expect(one.stderr).toMatch(/warning: Only 1 image/);
    expect(one.code).toBe(0);

    const odd = makeFolder('odd');
    cpSync(single, odd, { recursive: true });
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#f00' } })
      .png()
      .toFile(join(odd, 'dot.png'));
    const whole = readFileSync(join(single, 'only.jpg'));
    writeFileSync(join(odd, 'half.jpg'), whole.subarray(0, whole.length / 2));
    await sharp({
      create: { width: 20_000, height: 20_000, channels: 3, background: '#456' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toFile(join(odd, 'huge.png'));
    const out = newOut();
    const { code, stderr } = await convert(model, out, [
      ...withCalibration(odd),
      '--calibration-limit',
      '10',
    ]);
    expect(stderr).toContain('half.jpg');
    expect(code).toBe(0);
    expect(readReport(out).calibration?.images).toBeGreaterThanOrEqual(2);
  }, 180_000);
});
