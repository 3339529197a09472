import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { eventSchema } from '../../contract/events.ts';
import { errorCodeSchema } from '../../contract/events.ts';
import type { reportSchema } from '../../contract/report-schema.ts';
import { failureCodes } from '../../core/base/failure.ts';
import type { RunEvent } from '../../core/conversion/events.ts';
import type { Report } from '../../core/conversion/report.ts';

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

  it('knows the codes of core, all of them and no others', () => {
    expect([...errorCodeSchema.options].sort()).toEqual([...failureCodes].sort());
  });
});
