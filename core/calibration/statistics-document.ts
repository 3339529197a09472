/** Statistics as a compact JSON document, so that a worker process can hand them over in a file. */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { type HistogramState, histogramBins } from '../../native/calibrate/index.ts';
import { Failure } from '../base/failure.ts';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const schema = z.strictObject({
  statistics: z.literal(1),
  images: count,
  tensors: z.array(
    z.strictObject({
      tensor: z.string(),
      exponent: z.number().int().min(-20).max(128),
      min: z.number(),
      max: z.number(),
      finite: count,
      zeros: count,
      nonFinite: count,
      /** Base64 of the deflated counts, each as a LEB128 number. */
      bins: z.base64(),
    }),
  ),
});

export type StatisticsDocument = z.infer<typeof schema>;

/** LEB128: seven bits a byte, low bits first, the high bit set on all but the last byte. */
function packCounts(counts: Float64Array): string {
  const bytes: number[] = [];
  for (const each of counts) {
    let rest = each;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return deflateRawSync(Uint8Array.from(bytes)).toString('base64');
}

/** A count below 2^53 takes at most eight bytes, so that a hostile document cannot inflate without end. */
const mostCountBytes = 8 * histogramBins;

function unpackCounts(text: string): Float64Array {
  const bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: mostCountBytes });
  const counts = new Float64Array(histogramBins);
  let index = 0;
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte >= 128) continue;
    if (index === histogramBins) throw new Error('too many bins');
    counts[index] = value;
    index += 1;
    value = 0;
    unit = 1;
  }
  if (index !== histogramBins || unit !== 1) throw new Error('too few bins');
  return counts;
}

export function packStatistics(
  images: number,
  states: Iterable<readonly [string, HistogramState]>,
): StatisticsDocument {
  return {
    statistics: 1,
    images,
    tensors: Array.from(states, ([tensor, { bins, ...summary }]) => ({
      tensor,
      ...summary,
      bins: packCounts(bins),
    })),
  };
}

/** @throws Failure `bad-input`, naming the field or the tensor at fault. */
export function unpackStatistics(value: unknown): {
  readonly images: number;
  readonly states: ReadonlyMap<string, HistogramState>;
} {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw damaged(`${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'unknown problem'}`);
  }
  const states = new Map<string, HistogramState>();
  for (const { tensor, bins, ...summary } of parsed.data.tensors) {
    if (states.has(tensor)) throw damaged(`the tensor ${tensor} is there twice`);
    try {
      states.set(tensor, { ...summary, bins: unpackCounts(bins) });
    } catch (error) {
      throw damaged(`the bins of ${tensor} do not unpack`, error);
    }
  }
  return { images: parsed.data.images, states };
}

/** The failure for a document that cannot be statistics. */
export function damaged(what: string, cause?: unknown): Failure {
  return new Failure('bad-input', `The activation statistics are damaged: ${what}.`, 'Calibrate again.', {
    cause,
  });
}
