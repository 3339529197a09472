/** Looks at the machine: what it has, what works on it, and what that means for FP16 and INT8. */

import { freemem, release, type as systemType, totalmem } from 'node:os';
import {
  type Cpu,
  describeCpu,
  hasHalfArithmetic,
  hasIntegerDotProduct,
} from '../targets/onnxruntime/cpu.ts';
import { formatBytes, plural } from './report-html/figures.ts';

/** One thing that was looked at. */
export interface MachineCheck {
  readonly name: string;
  /** `warning`: works, and its user should know something; `missing`: does not work. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** What to do where it does not work. */
  readonly remedy: string | null;
}

/** A library that runs depend on, loaded and asked. */
export interface Part {
  readonly name: string;
  readonly works: boolean;
  /** Version, or what is wrong. */
  readonly detail: string;
  readonly remedy: string | null;
}

/** What is being looked for in the processor, under the names that people use. */
const telling: readonly (readonly [label: string, names: readonly string[]])[] = [
  ['AVX2', ['avx2']],
  ['AVX-512', ['avx512f']],
  ['VNNI', ['avx512_vnni', 'avx_vnni']],
  ['AMX INT8', ['amx_int8']],
  ['NEON', ['asimd']],
  ['dot product', ['asimddp']],
  ['I8MM', ['i8mm']],
];

function instructionSets(cpu: Cpu): string {
  const isArm = cpu.instructionSets.includes('asimd');
  return telling
    .filter(([, names]) => isArm === /^(?:asimd|i8mm)/.test(names[0] ?? ''))
    .map(
      ([label, names]) =>
        `${label} ${names.some((name) => cpu.instructionSets.includes(name)) ? 'yes' : 'no'}`,
    )
    .join(', ');
}

function int8InWords(cpu: Cpu): string {
  const layout =
    'smaller, not faster: Q/DQ pairs stand where TensorRT fuses them, so ONNX Runtime computes the layers between them in float; accuracy and size here hold, the speed does not predict a GPU';
  if (cpu.instructionSets.length === 0 || hasIntegerDotProduct(cpu)) return layout;
  return `${layout}; this processor also lacks 8-bit dot products (VNNI, AMX, NEON dot product)`;
}

function fp16InWords(cpu: Cpu): string {
  return hasHalfArithmetic(cpu)
    ? 'the processor computes in half precision'
    : 'smaller, not faster: the processor turns half precision into single precision and back';
}

async function check(name: string, remedy: string, version: () => Promise<string>): Promise<Part> {
  try {
    return { name, works: true, detail: await version(), remedy: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, works: false, detail: message.split('\n')[0] ?? '', remedy };
  }
}

/** Each part is loaded and asked, so that "works" means more than "is installed". */
function checkParts(): Promise<Part[]> {
  return Promise.all([
    check('ONNX Runtime', 'Run "npm ci" to install onnxruntime-node again.', async () => {
      const { onnxRuntime } = await import('../targets/onnxruntime/onnxruntime.ts');
      const { available, version, problem } = await onnxRuntime.describe();
      if (!available) throw new Error(problem);
      return version;
    }),
    check('native addon', 'Run "npm run build:native"; it needs a C++17 compiler and cmake.', async () => {
      await import('../detection/decode.ts');
      return 'built for this machine';
    }),
    check('image decoder', 'Run "npm ci" to install sharp again.', async () => {
      const { default: sharp } = await import('sharp');
      await sharp({ create: { width: 2, height: 2, channels: 3, background: '#000' } })
        .jpeg()
        .toBuffer();
      return `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}`;
    }),
  ]);
}

export interface Machine {
  readonly cpu: Cpu;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number; readonly limitBytes: number };
  readonly parts: readonly Part[];
  /** Everything for people, line by line. */
  readonly checks: readonly MachineCheck[];
}

/** Loads native libraries: a process that must not crash asks a worker (steps/machine.ts). */
export async function describeMachine(): Promise<Machine> {
  const cpu = describeCpu();
  const parts = await checkParts();
  const memory = {
    totalBytes: totalmem(),
    freeBytes: freemem(),
    limitBytes: process.constrainedMemory() ?? 0,
  };
  const limited = memory.limitBytes > 0 && memory.limitBytes < memory.totalBytes;
  const limit = limited ? `, limited to ${formatBytes(memory.limitBytes)} for this process` : '';
  const whole = parts.every((part) => part.works);
  const fact = (name: string, detail: string, state: 'ok' | 'warning' = 'ok'): MachineCheck => ({
    name,
    state,
    detail,
    remedy: null,
  });
  const checks: MachineCheck[] = [
    fact('processor', `${cpu.model}, ${plural(cpu.logicalCores, 'logical core')}`),
    fact('instructions', instructionSets(cpu)),
    fact('INT8 here', int8InWords(cpu), 'warning'),
    fact('FP16 here', fp16InWords(cpu), hasHalfArithmetic(cpu) ? 'ok' : 'warning'),
    fact('memory', `${formatBytes(memory.totalBytes)}, ${formatBytes(memory.freeBytes)} free${limit}`),
    fact('system', `${systemType()} ${release()}, ${process.arch}`),
    fact('Node', process.versions.node),
    ...parts.map(
      ({ name, works, detail, remedy }): MachineCheck => ({
        name,
        state: works ? 'ok' : 'missing',
        detail,
        remedy: works ? null : remedy,
      }),
    ),
    {
      name: 'targets',
      state: whole ? 'ok' : 'missing',
      detail: whole ? 'onnxruntime (CPU): fp32, fp16, int8' : 'none until the above is mended',
      remedy: null,
    },
  ];
  return { cpu, memory, parts, checks };
}
