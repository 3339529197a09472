/** `engineroom doctor`: what this machine has, what works on it, and what that means for FP16 and INT8. */

import { freemem, release, type as systemType, totalmem } from 'node:os';
import type { Command } from 'commander';
import { formatBytes, plural } from '../../../core/conversion/report-html/figures.ts';
import {
  type Cpu,
  describeCpu,
  hasHalfArithmetic,
  hasIntegerDotProduct,
} from '../../../core/targets/onnxruntime/cpu.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { formatFacts } from '../text-table.ts';

interface Part {
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
      const { onnxRuntime } = await import('../../../core/targets/onnxruntime/onnxruntime.ts');
      const { available, version, problem } = await onnxRuntime.describe();
      if (!available) throw new Error(problem);
      return version;
    }),
    check('native addon', 'Run "npm run build:native"; it needs a C++17 compiler and cmake.', async () => {
      await import('../../../core/detection/decode.ts');
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

async function runDoctor({ output }: CommandContext): Promise<number> {
  const cpu = describeCpu();
  const parts = await checkParts();
  const broken = parts.filter((part) => !part.works);
  const memory = {
    totalBytes: totalmem(),
    freeBytes: freemem(),
    limitBytes: process.constrainedMemory() ?? 0,
  };
  const limited = memory.limitBytes > 0 && memory.limitBytes < memory.totalBytes;
  const lines = formatFacts([
    ['processor', `${cpu.model}, ${plural(cpu.logicalCores, 'logical core')}`],
    ['instructions', instructionSets(cpu)],
    ['INT8 here', int8InWords(cpu)],
    ['FP16 here', fp16InWords(cpu)],
    [
      'memory',
      `${formatBytes(memory.totalBytes)}, ${formatBytes(memory.freeBytes)} free${limited ? `, limited to ${formatBytes(memory.limitBytes)} for this process` : ''}`,
    ],
    ['system', `${systemType()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    ...parts.map(({ name, works, detail, remedy }): [string, string] => [
      name,
      works ? `works, ${detail}` : `DOES NOT WORK: ${detail}\n${remedy}`,
    ]),
    [
      'targets',
      broken.length === 0 ? 'onnxruntime (CPU): fp32, fp16, int8' : 'none until the above is mended',
    ],
  ]);
  output.report({ command: 'doctor', cpu, memory, parts, node: process.versions.node }, lines);
  return broken.length === 0 ? 0 : 1;
}

export function addDoctor(program: Command, run: RunCommand): void {
  const command = program
    .command('doctor')
    .summary('show what this machine has and what works on it')
    .description(
      'Shows processor, memory and libraries, loads each part once, and says what to do where one fails.',
    );
  addOutputOptions(command).action(() => run(runDoctor));
}
