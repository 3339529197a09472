import { describe, expect, it } from 'vitest';
import type { ImageSet } from './image-types.ts';
import { baseName, phaseWords, scanShare, setWarnings } from './set-words.ts';

const set = (change: Partial<ImageSet> = {}): ImageSet => ({
  id: 's',
  source: '/pictures',
  labels: null,
  labelFormat: null,
  classNames: [],
  files: 500,
  phase: 'ready',
  examined: 500,
  unreadable: 0,
  duplicates: 0,
  warnings: [],
  error: null,
  ...change,
});

const codes = (...asked: Parameters<typeof setWarnings>) => setWarnings(...asked).map(({ code }) => code);

describe('setWarnings', () => {
  it('has nothing against a good set', () => {
    expect(setWarnings('calibration', set(), ['bolt'])).toEqual([]);
  });

  it('finds under 100 usable images too few, for calibration only', () => {
    const few = set({ files: 110, unreadable: 5, duplicates: 6 });
    expect(codes('calibration', few, [])).toEqual(['few', 'unreadable', 'duplicates']);
    expect(setWarnings('calibration', few, [])[0]?.message).toContain('99 images');
    expect(codes('validation', few, [])).toEqual(['unreadable', 'duplicates']);
    expect(codes('calibration', set({ files: 100 }), [])).toEqual([]);
  });

  it('does not judge before every image was looked at', () => {
    expect(codes('calibration', set({ files: 3, phase: 'scanning' }), [])).toEqual([]);
    expect(codes('calibration', set({ files: 3, phase: 'examining', duplicates: 1 }), [])).toEqual([]);
  });

  it('says that there is nothing', () => {
    expect(codes('validation', set({ files: 0 }), [])).toEqual(['empty']);
    expect(codes('calibration', set({ files: 2, unreadable: 2 }), [])).toEqual(['empty', 'unreadable']);
  });

  it('compares classes where both name some', () => {
    const labelled = set({ classNames: ['a', 'b'] });
    expect(codes('validation', labelled, ['a'])).toEqual(['classes']);
    expect(codes('validation', labelled, ['x', 'y'])).toEqual([]);
    expect(codes('validation', labelled, [])).toEqual([]);
  });

  it('passes on what the host says', () => {
    expect(codes('validation', set({ warnings: ['3 label files name no image.'] }), [])).toEqual(['host']);
  });
});

describe('words of a scan', () => {
  it('tells how far it is', () => {
    expect(phaseWords(set({ phase: 'scanning', files: 12_000 }))).toBe('12,000 images found so far');
    expect(scanShare(set({ phase: 'scanning' }))).toBeNull();
    expect(scanShare(set({ phase: 'examining', examined: 125 }))).toBe(0.25);
    expect(scanShare(set({ phase: 'examining', files: 0, examined: 0 }))).toBe(1);
    expect(phaseWords(set({ files: 1 }))).toBe('1 image');
  });

  it('knows both kinds of path', () => {
    expect(baseName('/a/b c/')).toBe('b c');
    expect(baseName('C:\\a\\b')).toBe('b');
    expect(baseName('/')).toBe('/');
  });
});
