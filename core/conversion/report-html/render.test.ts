/** report.html: self-contained, harmless whatever the names in it, and honest about engines that do not work. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Report, ResultReport } from '../report.ts';
import { boxChanges, boxIou } from './box-changes.ts';
import { exampleReport, exampleResult } from './example-report.ts';
import { formatBytes, formatCount, formatMs, formatPoints, formatShare } from './figures.ts';
import { escapeText } from './markup.ts';
import { renderReportHtml } from './render.ts';
import { linearScale, roundTicks } from './scale.ts';
import { summarize } from './summary.ts';
import { embedPictures } from './thumbnails.ts';

const noPictures = { images: new Map<string, string>() };
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&\u202e`;

function lost(): ResultReport {
  const base = exampleResult('int8');
  return {
    ...base,
    status: 'detections-lost',
    detections: 3,
    agreement: base.agreement && { ...base.agreement, detections: 3, matched: 3, lost: 649 },
  };
}

describe('self-contained', () => {
  const page = renderReportHtml(exampleReport(), noPictures);

  it('names nothing that a browser would fetch', () => {
    const addresses = [...page.matchAll(/\b(?:src|href|action|data|poster)\s*=\s*"([^"]*)"/g)].map(
      ([, url]) => url!,
    );
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) expect(address).toMatch(/^(?:#|data:image\/jpeg;base64,)/);
    expect(page).not.toMatch(/@import|url\(|https?:\/\//);
  });

  it('allows exactly its own style and script by hash', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hash = (tag: string) => {
      const text = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
      return createHash('sha256').update(text).digest('base64');
    };
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src 'sha256-${hash('style')}'`);
    expect(policy).toContain(`script-src 'sha256-${hash('script')}'`);
    expect(policy).not.toContain('unsafe-inline');
    expect(page).not.toMatch(/\sstyle="/);
    expect(page).not.toMatch(/\son[a-z]+="/);
  });

  it('gives every picture words, every table a caption, and one heading of the first level', () => {
    for (const [svg] of page.matchAll(/<svg[^>]*>/g))
      expect(svg).toMatch(/aria-label="[^"]+"|aria-hidden="true"/);
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption>/g)?.length);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page).not.toMatch(/NaN|undefined|\[object/);
  });

  it('links only to sections that exist', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });
});

describe('outside strings', () => {
  it('come out escaped wherever they stand', () => {
    const base = exampleReport();
    const named = (result: ResultReport): ResultReport => ({
      ...result,
      engine: hostile,
      accuracy: result.accuracy && {
        ...result.accuracy,
        perClass: result.accuracy.perClass.map((entry) => ({ ...entry, name: hostile })),
      },
      scoreHistograms: result.scoreHistograms.map((entry) => ({ ...entry, name: hostile })),
      quantization: result.quantization && {
        ...result.quantization,
        keptFloat: [{ reason: hostile, nodes: [hostile] }],
      },
      notes: [{ severity: 'warning', code: 'x', message: hostile, tip: hostile }],
    });
    const report: Report = {
      ...base,
      run: hostile,
      command: hostile,
      model: {
        ...base.model,
        name: hostile,
        path: hostile,
        layoutReason: hostile,
        classNames: [hostile, hostile],
      },
      environment: { ...base.environment, cpu: { ...base.environment.cpu, model: hostile } },
      calibration: base.calibration && {
        ...base.calibration,
        source: hostile,
        ranges: base.calibration.ranges.map((range) => ({ ...range, tensor: hostile })),
      },
      validation: base.validation && { ...base.validation, source: hostile, warnings: [hostile] },
      results: base.results.map(named),
      differingImages: base.differingImages.map((image) => ({ ...image, file: hostile, path: hostile })),
    };
    const page = renderReportHtml(report, { images: new Map([[hostile, `data:text/html,${hostile}`]]) });
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202e');
    expect(page).not.toContain('data:text/html');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.split('&quot;&gt;&lt;script&gt;').length).toBeGreaterThan(20);
  });

  it('hold no character that ends a text or a quoted attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
      }),
    );
  });
});

describe('outcomes', () => {
  it('says in one sentence what a precision brings and costs', () => {
    expect(summarize(exampleReport())).toEqual([
      {
        precision: 'fp16',
        failed: false,
        sentence: 'FP16: as fast as FP32 within the noise, same mAP, 51.0 % of the size.',
      },
      {
        precision: 'int8',
        failed: false,
        sentence: 'INT8: 2.1 times faster, 0.5 points of mAP lost, 30.1 % of the size.',
      },
    ]);
  });

  it('speaks of boxes where there are no labels, and of slower where it is', () => {
    const fp32 = { ...exampleResult('fp32'), accuracy: null };
    const int8 = { ...exampleResult('int8'), accuracy: null };
    const slow = { ...int8, latencyMs: { ...int8.latencyMs, p50: fp32.latencyMs.p50 * 1.5 } };
    const [line] = summarize(exampleReport({ results: [fp32, slow] }));
    expect(line?.sentence).toBe(
      'INT8: 1.5 times slower, 98.9 % of FP32\u2019s boxes found again, 30.1 % of the size.',
    );
  });

  it('never shows lost detections as a good row', () => {
    const report = exampleReport({ results: [exampleResult('fp32'), lost()] });
    expect(summarize(report)).toEqual([
      {
        precision: 'int8',
        failed: true,
        sentence: 'INT8: not usable: it finds 3 boxes where FP32 finds 652.',
      },
    ]);
    const page = renderReportHtml(report, noPictures);
    expect(page).toContain('<tr class="int8 failed">');
    expect(page).toContain('\u2717 INT8 is not usable: it finds 3 boxes where FP32 finds 652.');
    expect(page).not.toContain('2.1 times faster');
  });

  it('names non-finite outputs', () => {
    const report = exampleReport({
      results: [exampleResult('fp32'), { ...exampleResult('fp16'), status: 'non-finite' }],
    });
    expect(renderReportHtml(report, noPictures)).toContain('its outputs hold NaN or infinite values');
  });

  it('puts a class that fell to nothing first', () => {
    const int8 = exampleResult('int8');
    const accuracy = int8.accuracy && {
      ...int8.accuracy,
      perClass: int8.accuracy.perClass.map((entry) =>
        entry.name === 'gear' ? { ...entry, ap50: 0, ap5095: 0 } : { ...entry, ap5095: 0.5 },
      ),
    };
    const page = renderReportHtml(
      exampleReport({ results: [exampleResult('fp32'), { ...int8, accuracy }] }),
      noPictures,
    );
    const classes = page.slice(page.indexOf('id="classes"'));
    expect(/<th scope="row">(\w+)</.exec(classes)?.[1]).toBe('gear');
    expect(classes).toContain('<td class="worse">\u2717 0.0000');
  });

  it('shows what a bare run has and leaves out the rest', () => {
    const bare: ResultReport = {
      ...exampleResult('fp32'),
      accuracy: null,
      endToEndMs: null,
      throughput: [],
      scoreHistograms: [],
      timeShares: null,
    };
    const page = renderReportHtml(
      exampleReport({ calibration: null, validation: null, results: [bare], differingImages: [] }),
      noPictures,
    );
    for (const id of ['classes', 'scores', 'ranges', 'internals', 'pictures']) {
      expect(page).not.toContain(`id="${id}"`);
    }
    expect(page).toContain('id="results"');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says that imported ranges were not observed', () => {
    const { calibration } = exampleReport();
    const imported = calibration && { ...calibration, cache: 'imported' as const, images: 0 };
    const page = renderReportHtml(exampleReport({ calibration: imported }), noPictures);
    expect(page).toMatch(/24 tensors by entropy, imported from a TensorRT calibration cache/);
  });

  it('sorts ranges by how much they clip and names a stale cache', () => {
    const base = exampleReport();
    const page = renderReportHtml(
      exampleReport({ calibration: base.calibration && { ...base.calibration, cache: 'reused-stale' } }),
      noPictures,
    );
    expect(page).toContain('STALE');
    const cuts = new Map(
      base.calibration?.ranges.map((range) => [range.tensor.toLowerCase(), 1 - range.amax / range.maximum]),
    );
    const shown = [...page.matchAll(/data-name="([^"]+)"/g)].map(([, name]) => cuts.get(name!)!);
    expect(shown).toHaveLength(24);
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
  });
});

describe('squeezed scores', () => {
  it('are flagged at their class with the threshold to use', () => {
    const int8 = exampleResult('int8');
    const agreement = int8.agreement && {
      ...int8.agreement,
      perClass: int8.agreement.perClass.map((entry) =>
        entry.name === 'nut'
          ? { ...entry, squeezedScores: { ratio: 0.61, suggestedThreshold: 0.142 } }
          : entry,
      ),
    };
    const page = renderReportHtml(
      exampleReport({ results: [exampleResult('fp32'), { ...int8, agreement }] }),
      noPictures,
    );
    expect(page.match(/INT8 scores are squeezed to 61.0 %: use a threshold of 0.142/g)).toHaveLength(1);
  });
});

describe('pictures', () => {
  it('are small upright JPEGs in the page; an unreadable one leaves its boxes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'report-'));
    try {
      const good = join(folder, 'good.jpg');
      const broken = join(folder, 'broken.jpg');
      await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#808080' } })
        .withMetadata({ orientation: 6 })
        .jpeg()
        .toFile(good);
      writeFileSync(broken, 'not a picture');
      const [image] = exampleReport().differingImages;
      const images = await embedPictures([
        { ...image!, path: good },
        { ...image!, path: broken },
      ]);
      expect([...images.keys()]).toEqual([good]);
      const jpeg = Buffer.from(images.get(good)!.split(',')[1]!, 'base64');
      expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 640 });

      const page = renderReportHtml(exampleReport({ differingImages: [{ ...image!, path: good }] }), {
        images,
        truth: new Map([[image!.file, [{ x1: 1, y1: 2, x2: 3, y2: 4 }]]]),
      });
      expect(page).toContain(`<image href="${images.get(good)}"`);
      expect(page).toContain('<rect class="by-truth" x="1" y="2" width="2" height="2"/>');
      expect(renderReportHtml(exampleReport(), noPictures)).toContain('picture could not be read');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stop when the run is cancelled', async () => {
    await expect(
      embedPictures(exampleReport().differingImages, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('tell moved boxes from unchanged ones', () => {
    const image = exampleReport().differingImages[0]!;
    const changes = boxChanges(image);
    expect(changes.lost).toHaveLength(1);
    expect(changes.added).toHaveLength(1);
    expect(changes.unchanged).toHaveLength(1);
    expect(changes.moved).toEqual([{ before: image.reference[2], after: image.found[2] }]);
    expect(boxIou(image.reference[2]!, image.reference[2]!)).toBe(1);
    expect(boxIou(image.reference[0]!, image.reference[2]!)).toBe(0);
  });
});

describe('figures', () => {
  it('read as people write them', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([950, 812_400, 3_058_339, 41e6, 1.2e9].map(formatBytes)).toEqual([
      '950 B',
      '812 kB',
      '3.06 MB',
      '41.0 MB',
      '1.20 GB',
    ]);
    expect([0.84212, 8.4212, 84.212, 1842.1].map(formatMs)).toEqual(['0.842', '8.42', '84.2', '1,842']);
    expect([-0.0041, 0.00001, 0.012].map(formatPoints)).toEqual(['\u22120.4', '0.0', '+1.2']);
    expect([0, 0.9998, 1, 0.00012].map(formatShare)).toEqual(['0 %', '99.9 %', '100 %', '0.012 %']);
  });

  it('have axes with round ticks inside the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        fc.integer({ min: 3, max: 8 }),
        (top, count) => {
          const ticks = roundTicks(top, count);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(count + 1);
          expect(ticks[0]).toBe(0);
          expect(ticks.at(-1)!).toBeLessThanOrEqual(top * 1.00001);
        },
      ),
    );
    expect(linearScale(10, 200).at(5)).toBe(100);
    expect(linearScale(0, 200).at(5)).toBe(200);
  });
});

describe('notes', () => {
  it('of the same words become one that names its precisions', () => {
    const note = { severity: 'warning' as const, code: 'unstable', message: 'The times drift.', tip: null };
    const results = (['fp32', 'int8'] as const).map((precision) => ({
      ...exampleResult(precision),
      notes: [note],
    }));
    const page = renderReportHtml(exampleReport({ results }), noPictures);
    expect(page.match(/The times drift\./g)).toHaveLength(1);
    expect(page).toContain('<strong>Warning, FP32, INT8.</strong> The times drift.');
  });
});

describe('what the network sees', () => {
  const check = exampleReport().preprocessingCheck!;
  const picture = (source: string) => ({
    file: 'parts_0001.jpg',
    options: '',
    preprocessing: check.variants[0]!.preprocessing,
    source,
    boxes: [{ x1: 10, y1: 60, x2: 30, y2: 90 }],
  });
  const pageOf = (offered: string | null, source = 'data:image/jpeg;base64,AAAA') =>
    renderReportHtml(exampleReport({ preprocessingCheck: { ...check, offered } }), {
      ...noPictures,
      inputs: [picture(source)],
    });

  it('lists every way that was tried and marks one that is clearly better, and no other', () => {
    const rows = /<section id="preprocessing"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/
      .exec(pageOf('--color bgr'))![1]!
      .match(/<tr>[\s\S]*?<\/tr>/g)!;
    expect(rows).toHaveLength(check.variants.length);
    expect(rows.map((row) => row.includes('clearly better'))).toEqual([false, true, false]);
    expect(rows[1]).toContain('\u221216.2');
    expect(pageOf(null)).not.toContain('\u2190 clearly better');
    expect(pageOf(null)).toContain('None is clearly better');
  });

  it('shows the picture with its labels, and only a JPEG', () => {
    expect(pageOf(null)).toMatch(
      /<image href="data:image\/jpeg;base64,AAAA"[\s\S]*<rect class="by-truth" x="10"/,
    );
    expect(pageOf(null, 'https://example.org/x.jpg')).not.toContain('example.org');
  });

  it('is left out where nothing was tried', () => {
    const page = renderReportHtml(exampleReport({ preprocessingCheck: undefined }), noPictures);
    expect(page).not.toContain('id="preprocessing"');
  });
});
