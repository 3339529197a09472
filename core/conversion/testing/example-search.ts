/** A made-up search for tests: 14 layers measured, four candidates, two layers returned to float. */

import type { SearchReport } from '../report.ts';

export function exampleSearch(more: Partial<SearchReport> = {}): SearchReport {
  return {
    limit: 0.2,
    reached: true,
    layersInFloat: 2,
    candidates: [
      { layersInFloat: 0, map5095: 0.9018, loss: 0.36 },
      { layersInFloat: 1, map5095: 0.9014, loss: 0.4 },
      { layersInFloat: 4, map5095: 0.9043, loss: 0.11 },
      { layersInFloat: 2, map5095: 0.9038, loss: 0.16 },
    ],
    outOfTime: false,
    plainEngine: 'parts-int8-plain.onnx',
    sensitivity: Array.from({ length: 14 }, (_, i) => ({
      name: `/model.${i}/<Conv>`,
      sqnrDb: i === 13 ? null : 20 + 2 * i,
      noiseShare: (14 - i - 1) / 91,
    })),
    ...more,
  };
}
