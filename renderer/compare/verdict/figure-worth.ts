/** What figures that were measured on this device are worth elsewhere. */

import type { Report } from '../report-parts.ts';

export interface FigureWorth {
  /** One line to stand under the verdict. */
  readonly short: string;
  readonly points: readonly { readonly title: string; readonly text: string }[];
}

const targetNames = {
  onnxruntime: 'ONNX Runtime',
  tensorrt: 'TensorRT',
  'tensorrt-rtx': 'TensorRT-RTX',
} as const;

function int8Words(sets: readonly string[]): string {
  if (sets.some((set) => /vnni/.test(set))) {
    return 'This CPU multiplies 8-bit integers in one instruction (VNNI), so INT8 can pay here. How much depends on how many layers the engine keeps in INT8.';
  }
  if (sets.some((set) => /dotprod|i8mm/.test(set))) {
    return 'This CPU has dot products of 8-bit integers, so INT8 can pay here.';
  }
  return 'This CPU has no instruction for products of 8-bit integers: INT8 is often no faster than FP32 here, and can be slower.';
}

export function worthOfFigures({ environment }: Report): FigureWorth {
  const { target, cpu, threads } = environment;
  const name = targetNames[target.name];
  const where = `${name} ${target.version}, ${target.device}`;
  if (target.name !== 'onnxruntime') {
    return {
      short: `Measured with ${where}. Latency holds for this GPU, its clocks and this library version; accuracy holds wherever the same engine runs.`,
      points: [
        {
          title: 'Latency',
          text: 'An engine is built for one GPU and one library version. On another card measure again.',
        },
        {
          title: 'Accuracy and agreement',
          text: 'They belong to the engine and the validation images, not to the clock.',
        },
      ],
    };
  }
  return {
    short: `Measured on a CPU: ${where}, ${threads} ${threads === 1 ? 'thread' : 'threads'}. Accuracy and size carry over to a GPU; latency and throughput do not.`,
    points: [
      {
        title: 'Accuracy, agreement and size',
        text: 'They follow from the ranges and from what is quantized. Expect them on a GPU that runs the same Q/DQ model, within rounding.',
      },
      {
        title: 'FP16 latency',
        text: 'ONNX Runtime computes FP16 on most CPUs by converting to float32 and back, so FP16 is no faster here. On a GPU with tensor cores it usually is by far.',
      },
      { title: 'INT8 latency', text: int8Words(cpu.instructionSets) },
      {
        title: 'Q/DQ layout',
        text: 'Quantization is placed for TensorRT, which fuses more of it than ONNX Runtime. Conversions that cost time here may vanish there.',
      },
    ],
  };
}
