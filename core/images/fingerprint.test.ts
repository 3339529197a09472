import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviseOnCalibrationSet } from './calibration-advice.ts';
import { fingerprintImages } from './fingerprint.ts';
import { scanImages } from './image-set.ts';
import { TemporaryFolder } from './testing/fixtures.ts';

async function fingerprintOf(path: string) {
  return fingerprintImages(await scanImages(path));
}

describe('fingerprintImages', () => {
  it('stays with a moved set and changes with every change of names or contents', async () => {
    using folder = new TemporaryFolder();
    using copy = new TemporaryFolder();
    for (let i = 0; i < 20; i++) writeFileSync(folder.file(`${i}.jpg`), `contents ${i}`);
    cpSync(folder.path, copy.path, { recursive: true });
    const { sha256: first } = await fingerprintOf(folder.path);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect((await fingerprintOf(copy.path)).sha256).toBe(first);

    const changed = new Set([first]);
    writeFileSync(copy.file('7.jpg'), 'contents 8');
    changed.add((await fingerprintOf(copy.path)).sha256);
    writeFileSync(copy.file('7.jpg'), 'contents 7');
    expect((await fingerprintOf(copy.path)).sha256).toBe(first);
    renameSync(copy.file('7.jpg'), copy.file('77.jpg'));
    changed.add((await fingerprintOf(copy.path)).sha256);
    rmSync(copy.file('77.jpg'));
    changed.add((await fingerprintOf(copy.path)).sha256);
    writeFileSync(copy.file('new.jpg'), '');
    changed.add((await fingerprintOf(copy.path)).sha256);
    expect(changed.size).toBe(5);
  });

  it('finds files of the same bytes and bears files that are gone', async () => {
    using folder = new TemporaryFolder();
    for (const [name, text] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
      ['d', 'z'],
      ['e', 'x'],
    ] as const) {
      writeFileSync(folder.file(`${name}.png`), text);
    }
    const set = await scanImages(folder.path);
    rmSync(folder.file('d.png'));
    const { duplicates, files } = await fingerprintImages(set);
    expect(duplicates).toEqual([['a.png', 'c.png', 'e.png']]);
    expect(files.map(({ sha256 }) => sha256 !== undefined)).toEqual([true, true, true, false, true]);
  });

  it('stops when cancelled', async () => {
    using folder = new TemporaryFolder();
    writeFileSync(folder.file('a.png'), '');
    const set = await scanImages(folder.path);
    await expect(fingerprintImages(set, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('adviseOnCalibrationSet', () => {
  const good = { usable: 200, unreadable: [], duplicates: [], constantColour: [] };

  it('has nothing to say about a good set', () => {
    expect(adviseOnCalibrationSet(good)).toEqual([]);
  });

  it('names each doubt once, with counts', () => {
    const warnings = adviseOnCalibrationSet({
      usable: 40,
      unreadable: [{ file: 'x.jpg', reason: 'the file is empty' }],
      duplicates: [
        ['a', 'b', 'c'],
        ['d', 'e'],
      ],
      constantColour: ['g.png', 'h.png'],
    });
    expect(warnings).toEqual([
      '2 calibration images are of one colour only, e.g. g.png.',
      '3 calibration images repeat another one byte for byte, e.g. b and a; 37 are different.',
      'Only 40 images are usable for calibration; 100 or more give steadier ranges.',
      '1 calibration image cannot be read and was passed over, e.g. x.jpg: the file is empty.',
    ]);
  });

  it('says when every image is of one colour', () => {
    const constantColour = Array.from({ length: 200 }, (_, i) => `${i}.png`);
    expect(adviseOnCalibrationSet({ ...good, constantColour })[0]).toMatch(/^All 200 calibration images/);
  });
});
