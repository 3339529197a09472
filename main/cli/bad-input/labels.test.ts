/** Bad input: labels that do not fit. Each gets one sentence that names it, the remedy, the right exit code; nothing half-written stays. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { convert, labels, model, newOut, quickFloat, validationImages, write } from '../testing/bad-input.ts';
import { built, whyNotBuilt } from '../testing/run-cli.ts';

describe.skipIf(!built)(`bad labels${whyNotBuilt}`, () => {
  interface Coco {
    images: { id: number; file_name: string; width: number; height: number }[];
    annotations: { id: number; image_id: number; category_id: number; bbox: number[] }[];
    categories: { id: number; name: string }[];
  }
  const coco = (): Coco => JSON.parse(readFileSync(labels, 'utf8'));
  const convertWith = async (name: string, change: (document: Coco) => void) => {
    const document = coco();
    change(document);
    const out = newOut();
    const words = [
      '--validation',
      validationImages,
      '--validation-limit',
      '4',
      '--labels',
      write(name, JSON.stringify(document)),
    ];
    return { out, ...(await convert(model, out, [...words, ...quickFloat])) };
  };

  it('with another number of classes', async () => {
    const { code, stderr } = await convertWith('classes.json', (document) => {
      document.categories.push({ id: 99, name: 'spring' });
      document.annotations[0]!.category_id = 99;
    });
    expect(stderr).toMatch(/5|spring/);
    expect(stderr).toMatch(/class/);
    expect(code).toBe(2);
  });

  it('with boxes outside the image: clipped or dropped, and said', async () => {
    const { code, stderr } = await convertWith('outside.json', (document) => {
      for (const [i, annotation] of document.annotations.entries()) {
        // Every second half outside, the others wholly.
        annotation.bbox[0] = i % 2 === 0 ? 600 : 5000;
        annotation.bbox[2] = 100;
      }
    });
    expect(stderr).toMatch(/boxes .*outside/);
    expect(stderr).toMatch(/boxes .*(?:clipped|cut)/);
    expect(stderr).toMatch(/boxes .*dropped/);
    expect(code).toBe(0);
  });

  it('with ids that match no image', async () => {
    const { code, stderr } = await convertWith('ids.json', (document) => {
      for (const annotation of document.annotations) annotation.image_id += 100_000;
    });
    expect(stderr).toMatch(/image/);
    expect(stderr).toMatch(/\bids?\b|image_id/);
    expect([0, 2]).toContain(code);
  });

  it('of another set of images', async () => {
    const { code, stderr } = await convertWith('names.json', (document) => {
      for (const image of document.images) image.file_name = `other-${image.file_name}`;
    });
    expect(stderr).toContain('names.json');
    expect(code).toBe(2);
  });

  it('that are no labels', async () => {
    const out = newOut();
    const path = write('broken.json', '{"images": [');
    const { code, stderr } = await convert(model, out, [
      '--validation',
      validationImages,
      '--labels',
      path,
      ...quickFloat,
    ]);
    expect(stderr).toContain('broken.json');
    expect(code).toBe(2);
  });
});
