/** The remarks of a run: what a person should know before trusting a figure, with what to do about it. */

import { equalWithinNoise } from '../benchmark/statistics.ts';
import { type Cpu, hasHalfArithmetic, hasIntegerDotProduct } from '../targets/onnxruntime/cpu.ts';
import type { Note, ResultReport } from './report.ts';

export function info(code: string, message: string, tip: string | null = null): Note {
  return { severity: 'info', code, message, tip };
}

export function warning(code: string, message: string, tip: string | null = null): Note {
  return { severity: 'warning', code, message, tip };
}

export function problem(code: string, message: string, tip: string | null = null): Note {
  return { severity: 'error', code, message, tip };
}

/** What an evaluation found that was neither a number nor finite: the first image and its tensors by name. */
interface NonFiniteFindings {
  readonly images: number;
  readonly nonFinite: readonly {
    readonly file: string;
    readonly outputs: readonly { readonly tensor: string; readonly count: number }[];
  }[];
}

/** @param engine what the user knows it by, such as `INT8` */
export function noteOnNonFinite(engine: string, { images, nonFinite }: NonFiniteFindings): Note {
  const [first] = nonFinite;
  const places = (first?.outputs ?? []).map(({ tensor, count }) => `${count} values of ${tensor}`).join(', ');
  return problem(
    'non-finite',
    `${engine} gives NaN or infinite values for ${nonFinite.length} of ${images} images, e.g. ${places} for ${first?.file}.`,
    engine === 'FP16' || engine === 'INT8'
      ? 'Leave this precision out, or report the model: its values exceed what the precision holds.'
      : 'Check the preprocessing (--scale, --mean, --std) and the model itself.',
  );
}

/** From this ratio on int8 counts as faster. */
const worthwhile = 1.05;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const milliseconds = (value: number): string => `${value.toPrecision(3)} ms`;
const labels = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;

type Measured = Pick<
  ResultReport,
  'precision' | 'latencyMs' | 'endToEndMs' | 'timeShares' | 'quantization' | 'accuracy' | 'agreement'
>;

/** A share of the time below which kernels of a kind count as absent. */
const negligibleShare = 0.02;

/** The causes that were measured, the weightiest first. */
function causesOfSlowInt8(int8: Measured, cpu: Cpu): string[] {
  const causes: string[] = [];
  if (cpu.instructionSets.length > 0 && !hasIntegerDotProduct(cpu)) {
    causes.push(
      'this CPU has no 8-bit dot product (VNNI, AMX or Arm dot product), so 8-bit multiplication is emulated',
    );
  }
  const shares = int8.timeShares;
  if (shares !== null) {
    if (shares.quantized < negligibleShare) {
      causes.push(
        'ONNX Runtime computes no layer in 8 bits: it does so only where a Q/DQ pair follows the convolution as well, and these pairs (S8 activations, S8 weights) stand where TensorRT fuses them, before it',
      );
    }
    causes.push(
      `${percent(shares.float)} of its time is spent in nodes that compute in floating point and ${percent(shares.conversion)} in quantizing, dequantizing and changing layout`,
    );
    const costly = shares.operators.slice(0, 3).map(({ operator, share }) => `${operator} ${percent(share)}`);
    causes.push(`the most expensive operators are ${costly.join(', ')}`);
  }
  if (int8.quantization !== null) {
    causes.push(
      `${int8.quantization.quantizedNodes} layers are quantized and ${int8.quantization.floatNodes} nodes are left in float by plan`,
    );
  }
  return causes;
}

function speedOfInt8(int8: Measured, others: readonly Measured[], cpu: Cpu): Note[] {
  const best = others.toSorted((a, b) => a.latencyMs.p50 - b.latencyMs.p50)[0];
  if (best === undefined) return [];
  const ratio = best.latencyMs.p50 / int8.latencyMs.p50;
  if (ratio >= worthwhile) return [];
  return [
    warning(
      'int8-not-faster',
      `INT8 takes ${milliseconds(int8.latencyMs.p50)} and ${labels[best.precision]} ${milliseconds(best.latencyMs.p50)}: ${ratio.toFixed(2)} times as fast. Measured: ${causesOfSlowInt8(int8, cpu).join('; ')}.`,
      'The Q/DQ model is laid out for TensorRT; its speed on a CPU does not predict the GPU. Use --keep-only-if-faster to drop an engine that does not pay.',
    ),
  ];
}

/** Two medians that differ by less than two builds of one engine would must not read as a winner and a loser. */
function equalToReference(result: Measured, reference: Measured | undefined): Note[] {
  if (reference === undefined || !equalWithinNoise(result.latencyMs, reference.latencyMs)) return [];
  return [
    info(
      'equal-within-noise',
      `${labels[result.precision]} and FP32 cannot be told apart by their times: ${milliseconds(result.latencyMs.p50)} and ${milliseconds(reference.latencyMs.p50)}.`,
    ),
  ];
}

function cpuCaution(precision: Measured['precision'], cpu: Cpu): Note[] {
  if (precision === 'fp32') return [];
  if (precision === 'int8') {
    return [
      info(
        'cpu-does-not-predict-gpu',
        'Measured on a CPU: the speed of INT8 here does not predict that on a GPU.',
        null,
      ),
    ];
  }
  const how = hasHalfArithmetic(cpu)
    ? 'although this CPU has half-precision arithmetic, ONNX Runtime uses it in few kernels'
    : 'this CPU has no half-precision arithmetic, so values are converted to float32 and back';
  return [info('cpu-does-not-predict-gpu', `Measured on a CPU: FP16 here does not predict the GPU; ${how}.`)];
}

function stabilityOf({ latencyMs }: Measured): Note[] {
  if (latencyMs.stable) return [];
  const kinds = latencyMs.instability.map((kind) =>
    kind === 'drift' ? 'they drift from first to last' : 'they fall into two clusters',
  );
  return [
    warning(
      'unstable',
      `The times are not steady: ${kinds.join(' and ')}. They decide no winner.`,
      'Close other programs, fix the clock rate, or measure more with --runs.',
    ),
  ];
}

/** Classes that fp32 finds and this precision does not any more. */
function lostClasses(result: Measured, reference: Measured | undefined): Note[] {
  const lost = (result.accuracy?.perClass ?? []).filter(({ ap50 }, i) => {
    const before = reference?.accuracy?.perClass[i]?.ap50 ?? 0;
    return before > 0.01 && (ap50 ?? 0) <= 0.01 * before;
  });
  if (lost.length === 0) return [];
  return [
    problem(
      'class-lost',
      `${lost.map(({ name }) => name).join(', ')} ${lost.length === 1 ? 'is' : 'are'} no longer found.`,
      'Calibrate with images that show these classes, or try another --method.',
    ),
  ];
}

function squeezedScores({ agreement }: Measured): Note[] {
  const squeezed = agreement?.squeezedScores;
  if (!squeezed || agreement === null) return [];
  return [
    warning(
      'squeezed-scores',
      `The boxes are there with lower scores: the upper ones are ${squeezed.ratio.toFixed(2)} times FP32's.`,
      `Use a score threshold of ${squeezed.suggestedThreshold.toFixed(2)} where FP32 has ${agreement.scoreThreshold}.`,
    ),
  ];
}

/** Remarks on one precision, given all of them. */
export function judgeResult(result: Measured, all: readonly Measured[], cpu: Cpu): readonly Note[] {
  const reference = all.find(({ precision }) => precision === 'fp32');
  return [
    ...lostClasses(result, result.precision === 'fp32' ? undefined : reference),
    ...squeezedScores(result),
    ...(result.precision === 'int8'
      ? speedOfInt8(
          result,
          all.filter(({ precision }) => precision !== 'int8'),
          cpu,
        )
      : []),
    ...equalToReference(result, result.precision === 'fp32' ? undefined : reference),
    ...stabilityOf(result),
    ...cpuCaution(result.precision, cpu),
  ];
}

/** Remarks on fp32 itself: when the reference finds nothing, no comparison with it says anything. */
export function judgeReference(
  fp32: Measured & Pick<ResultReport, 'detections'>,
  images: number,
): readonly Note[] {
  if (fp32.detections === 0) {
    return [
      warning(
        'no-detections',
        `FP32 finds nothing in ${images} images.`,
        'Check the preprocessing (--size, --resize, --color, --scale, --mean, --std) and the --layout against the training.',
      ),
    ];
  }
  if (fp32.accuracy !== null && fp32.accuracy.map50 < 0.05) {
    return [
      warning(
        'low-accuracy',
        `FP32 reaches a mAP50 of only ${fp32.accuracy.map50.toFixed(3)}.`,
        'Check that the labels belong to these images and classes, and the preprocessing (--size, --resize, --color, --scale).',
      ),
    ];
  }
  return [];
}
