/** Where an engine's time goes: ONNX Runtime's own profile of each node, added up by what the node computes in. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { throwIfCancelled } from '../../base/work.ts';
import type { Tensor } from '../target.ts';
import { OnnxRuntimeEngine } from './engine.ts';

const profileSchema = z.array(
  z.object({
    cat: z.string(),
    name: z.string(),
    dur: z.number(),
    args: z
      .object({
        op_name: z.string().optional(),
        input_type_shape: z.array(z.record(z.string(), z.unknown())).optional(),
      })
      .optional(),
  }),
);

export interface NodeTimes {
  /** Microseconds of all profiled calls together. */
  readonly totalMicroseconds: number;
  /** Shares of the total: nodes that compute in floating point, on 8-bit integers, and those that only convert. */
  readonly float: number;
  readonly quantized: number;
  readonly conversion: number;
  /** Operator kinds as the optimised graph has them, with their shares, most expensive first. */
  readonly operators: readonly { readonly operator: string; readonly share: number }[];
}

/** Nodes that change type or memory layout and compute nothing. */
const converters = new Set(['QuantizeLinear', 'DequantizeLinear', 'Cast', 'ReorderInput', 'ReorderOutput']);

function kindOf(operator: string, inputTypes: readonly string[]): 'float' | 'quantized' | 'conversion' {
  if (converters.has(operator)) return 'conversion';
  if (/^(QLinear|QAttention|QGemm|DynamicQuantize|.*Integer)/.test(operator)) return 'quantized';
  const first = inputTypes[0];
  return first === 'int8' || first === 'uint8' ? 'quantized' : 'float';
}

/**
 * Adds up a profile in ONNX Runtime's JSON form.
 * @param text an array of events; nodes are those of category `Node` whose name ends in `_kernel_time`, `dur` in µs
 */
export function sumProfile(text: string): NodeTimes {
  const events = profileSchema.parse(JSON.parse(text));
  const sums = { float: 0, quantized: 0, conversion: 0 };
  const byOperator = new Map<string, number>();
  for (const event of events) {
    if (event.cat !== 'Node' || !event.name.endsWith('_kernel_time')) continue;
    const operator = event.args?.op_name ?? 'unknown';
    const types = (event.args?.input_type_shape ?? []).flatMap((type) => Object.keys(type));
    sums[kindOf(operator, types)] += event.dur;
    byOperator.set(operator, (byOperator.get(operator) ?? 0) + event.dur);
  }
  const total = sums.float + sums.quantized + sums.conversion;
  const share = (microseconds: number): number => (total === 0 ? 0 : microseconds / total);
  return {
    totalMicroseconds: total,
    float: share(sums.float),
    quantized: share(sums.quantized),
    conversion: share(sums.conversion),
    operators: [...byOperator]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, 10)
      .map(([operator, microseconds]) => ({ operator, share: share(microseconds) })),
  };
}

/** Runs an engine `runs` times under the profiler. The profiler slows each node a little; shares stay comparable. */
export async function profileEngine(
  enginePath: string,
  input: Tensor,
  options: { readonly threads: number; readonly runs: number; readonly signal?: AbortSignal | undefined },
): Promise<NodeTimes> {
  const folder = await mkdtemp(join(tmpdir(), 'engineroom-profile-'));
  try {
    using engine = await OnnxRuntimeEngine.open(enginePath, {
      threads: options.threads,
      profilePrefix: join(folder, 'profile'),
    });
    for (let run = 0; run < options.runs; run++) {
      throwIfCancelled(options.signal);
      await engine.run(input);
    }
    engine.endProfiling();
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
    return sumProfile(await readFile(join(folder, file), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
