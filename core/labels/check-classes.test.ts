import { describe, expect, it } from 'vitest';
import { checkClasses } from './check-classes.ts';
import { labelStatistics, quantiles } from './class-statistics.ts';
import type { GroundTruth, LabelBox } from './ground-truth.ts';

function truthOf(classes: readonly string[], boxes: readonly LabelBox[] = []): GroundTruth {
  const images = [
    { file: 'a.png', width: 200, height: 200, boxes },
    { file: 'b.png', width: 200, height: 200, boxes: [] },
  ];
  return { format: 'coco', classes, images, warnings: [] };
}

describe('checkClasses', () => {
  it('accepts equal names in any case, and a model without names', () => {
    expect(checkClasses(truthOf(['Cat', 'dog ']), ['cat', 'Dog'])).toEqual([]);
    expect(checkClasses(truthOf(['cat', 'dog']), ['class 0', 'class1'])).toEqual([]);
  });

  it('refuses another number of classes and another order, naming both', () => {
    expect(() => checkClasses(truthOf(['cat', 'dog']), ['cat'])).toThrow(
      'The labels have 2 classes (cat, dog) but the model has 1 (cat).',
    );
    expect(() => checkClasses(truthOf(['cat', 'dog']), ['dog', 'cat'])).toThrow(
      'another order: class 0 is cat in the labels and dog in the model.',
    );
  });

  it('warns of other names', () => {
    expect(checkClasses(truthOf(['cat', 'hound']), ['cat', 'dog'])).toEqual([
      'Class 1 is called hound in the labels and dog in the model; they are compared by number.',
    ]);
  });
});

describe('labelStatistics', () => {
  const box = (classIndex: number, w: number, h: number, crowd = false): LabelBox => ({
    classIndex,
    x1: 0,
    y1: 0,
    x2: w,
    y2: h,
    area: w * h,
    crowd,
  });

  it('counts by class and COCO size', () => {
    const boxes = [box(0, 10, 10), box(0, 50, 50), box(0, 100, 100), box(1, 50, 50, true)];
    const statistics = labelStatistics(truthOf(['a', 'b', 'c'], boxes));
    expect(statistics).toMatchObject({ images: 2, backgroundImages: 1, boxes: 3 });
    expect(statistics.classes[0]).toMatchObject({
      boxes: 3,
      images: 1,
      sizes: { small: 1, medium: 1, large: 1 },
      side: [10, 30, 50, 75, 100],
    });
    expect(statistics.classes[1]).toMatchObject({ boxes: 0, crowds: 1, images: 1, side: undefined });
    expect(statistics.classes[2]).toMatchObject({ boxes: 0, crowds: 0, images: 0 });
  });

  it('interpolates quantiles', () => {
    expect(quantiles([4, 1, 3, 2])).toEqual([1, 1.75, 2.5, 3.25, 4]);
    expect(quantiles([])).toBeUndefined();
  });
});
