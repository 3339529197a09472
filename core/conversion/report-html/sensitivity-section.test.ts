import { describe, expect, it } from 'vitest';
import { exampleSearch } from '../testing/example-search.ts';
import { exampleReport, exampleResult } from './example-report.ts';
import { renderSensitivity } from './sensitivity-section.ts';

function pageOf(more: object): string | null {
  const int8 = exampleResult('int8');
  const quantization = int8.quantization && { ...int8.quantization, search: exampleSearch(more) };
  return (
    renderSensitivity(exampleReport({ results: [exampleResult('fp32'), { ...int8, quantization }] }))?.text ??
    null
  );
}

describe('renderSensitivity', () => {
  it('is absent where nothing was measured', () => {
    expect(renderSensitivity(exampleReport())).toBeNull();
  });

  it('lists the layers by rank, the worst twelve in sight, and marks those in float', () => {
    const page = pageOf({});
    expect(page).toContain('<code>/model.0/&lt;Conv&gt;</code> <strong>in float</strong>');
    expect(page?.match(/in float<\/strong>/g)).toHaveLength(2);
    expect(page).toContain('2 more layers');
    expect(page).toContain('no noise');
    expect(page).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('shows the candidates by number of layers, and which one was taken', () => {
    const page = pageOf({});
    const rows = [...page!.matchAll(/<tr><th scope="row">(\d+)/g)].map(([, layers]) => Number(layers));
    expect(rows).toEqual([0, 1, 2, 4]);
    expect(page).toMatch(/<tr><th scope="row">2 <strong>\u2190 taken<\/strong>/);
    expect(page?.match(/over the limit/g)).toHaveLength(2);
    expect(page).toContain(
      'With the 2 most sensitive of 150 layers returned to float INT8 loses 0.16 points',
    );
  });

  it('says that a limit was not reached', () => {
    const page = pageOf({ reached: false, limit: 0.1 });
    expect(page).toContain(
      '--max-map-loss 0.1 is not reached: best was a loss of 0.16 points of mAP50-95 with 2 of',
    );
  });

  it('shows the list alone where only that was asked for', () => {
    const page = pageOf({ limit: null, reached: null, layersInFloat: 0, candidates: [], plainEngine: null });
    expect(page).not.toMatch(/Candidates|in float<\/strong>/);
    expect(page).toContain('Layers, most sensitive first');
  });
});
