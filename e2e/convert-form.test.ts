/** The form of the window against the specification of core, which the renderer itself may not import. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSpecification } from '../core/conversion/specification.ts';
import { defaultForm, parseNumberList } from '../renderer/convert/form.ts';
import { specificationFromForm } from '../renderer/convert/specification-from-form.ts';

const inputs = {
  model: '/m/parts.onnx',
  calibration: '/c',
  validation: { images: '/v', labels: '/l' },
  suggestedOut: '/out/parts',
};

describe('the specification that the form makes', () => {
  it('has the defaults of core: an untouched form parses to what core fills in', () => {
    const every = {
      model: '/m/parts.onnx',
      out: '/out/parts',
      precisions: ['fp32', 'fp16', 'int8'],
      batch: defaultForm.batch,
      layout: defaultForm.layout,
      calibration: {
        images: '/c',
        limit: defaultForm.calibrationLimit,
        method: defaultForm.method,
        percentile: defaultForm.percentile,
        reuseStale: defaultForm.reuseStale,
      },
      validation: { images: '/v', labels: '/l', limit: defaultForm.validationLimit },
      detection: {
        scoreThreshold: defaultForm.scoreThreshold,
        iouThreshold: defaultForm.iouThreshold,
        maxDetections: defaultForm.maxDetections,
        agreementScore: defaultForm.agreementScore,
      },
      benchmark: {
        warmup: defaultForm.warmup,
        runs: defaultForm.runs,
        batches: parseNumberList(defaultForm.batches),
        endToEndImages: defaultForm.endToEndImages,
      },
      checks: {
        allowLostDetections: defaultForm.allowLostDetections,
        keepOnlyIfFaster: defaultForm.keepOnlyIfFaster,
        maxMapLoss: defaultForm.maxMapLoss,
      },
    };
    expect(parseSpecification(specificationFromForm(defaultForm, inputs))).toEqual(parseSpecification(every));
  });

  it('is taken by core, whatever passes the form', () => {
    const draft = fc.record({
      fp16: fc.boolean(),
      int8: fc.boolean(),
      method: fc.constantFrom('mse' as const, 'percentile' as const, 'entropy' as const),
      percentile: fc.option(fc.double({ min: -1, max: 101, noNaN: true })),
      batch: fc.option(fc.integer({ min: -1, max: 70_000 })),
      width: fc.option(fc.integer({ min: 0, max: 2000 })),
      height: fc.option(fc.integer({ min: 0, max: 2000 })),
      values: fc.constantFrom('unit' as const, 'bytes' as const, 'custom' as const),
      scale: fc.option(fc.double({ min: -1, max: 2, noNaN: true })),
      mean: fc.constantFrom('0, 0, 0', '1 2 3', 'x', '1, 2'),
      scoreThreshold: fc.option(fc.double({ min: -0.5, max: 1.5, noNaN: true })),
      runs: fc.option(fc.integer({ min: 0, max: 200_000 })),
      batches: fc.constantFrom('1, 4, 8', '2', '', '0', '1.5'),
      keepOnlyIfFaster: fc.option(fc.double({ min: -1, max: 2, noNaN: true })),
      pad: fc.option(fc.integer({ min: -1, max: 300 })),
    });
    let usable = 0;
    fc.assert(
      fc.property(draft, (change) => {
        const specification = specificationFromForm({ ...defaultForm, ...change }, inputs);
        if (specification === null) return;
        usable++;
        expect(() => parseSpecification(specification)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
    expect(usable).toBeGreaterThan(10);
  });
});
