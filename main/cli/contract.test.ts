import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { errorCodeSchema, eventSchema } from '../../contract/events.ts';
import { reportSchema } from '../../contract/report-schema.ts';
import { failureCodes } from '../../core/base/failure.ts';
import { convert } from '../../core/conversion/convert.ts';
import type { RunEvent } from '../../core/conversion/events.ts';
import type { Report } from '../../core/conversion/report.ts';
import { parseSpecification } from '../../core/conversion/specification.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'assets/sample');
const built = existsSync(join(root, 'dist/core/conversion/worker/entry.js'));

/** The contract's types as a reader sees them: core hands out readonly data. */
type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

// The contract may import nothing of core, so the proof that both say the same lies here, where both are at hand.
describe('contract', () => {
  it('accepts every report that core writes (checked by the compiler)', () => {
    // The specification has its own schema in core; for the contract it is any object.
    type Written = Omit<Report, 'specification'>;
    type Agreed = ReadonlyDeep<Omit<z.infer<typeof reportSchema>, 'specification'>>;
    expectTypeOf<Written>().toExtend<Agreed>();
    expectTypeOf<Agreed>().toExtend<Written>();
  });

  it('accepts every event of a run (checked by the compiler)', () => {
    expectTypeOf<RunEvent>().toExtend<ReadonlyDeep<z.infer<typeof eventSchema>>>();
  });

  it.skipIf(!built)(
    `accepts what a run writes${built ? '' : ' (skipped: dist/ is not built)'}`,
    async () => {
      const out = await mkdtemp(join(tmpdir(), 'engineroom-contract-'));
      try {
        const specification = parseSpecification({
          model: join(sample, 'parts.onnx'),
          out,
          threads: 1,
          preprocessing: { width: 96, height: 96 },
          calibration: { images: join(sample, 'images/calibration'), limit: 12, alternatives: ['minmax'] },
          validation: {
            images: join(sample, 'images/validation'),
            labels: join(sample, 'annotations/validation.json'),
            limit: 2,
          },
          benchmark: { warmup: 0, runs: 3, batches: [1], endToEndImages: 1 },
          checks: { allowLostDetections: true, maxMapLoss: 0 },
          quantization: { sensitivity: true },
        });
        const events: RunEvent[] = [];
        const { reportPath } = await convert(specification, { onEvent: (event) => events.push(event) });
        // A number that is not finite becomes null in JSON, and the schema would say so.
        const report = reportSchema.parse(JSON.parse(await readFile(reportPath, 'utf8')));
        expect(report.results).toHaveLength(3);
        expect(report.calibration?.candidates).toHaveLength(2);
        expect(report.calibration?.convergence).toHaveLength(1);
        expect(report.results.at(-1)?.quantization?.search?.sensitivity).not.toHaveLength(0);
        for (const event of events) eventSchema.parse(JSON.parse(JSON.stringify(event)));
      } finally {
        await rm(out, { recursive: true, force: true });
      }
    },
    240_000,
  );

  it('knows the codes of core, all of them and no others', () => {
    expect([...errorCodeSchema.options].sort()).toEqual([...failureCodes].sort());
  });
});
