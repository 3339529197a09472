/** Which processor this is and which of its instruction sets decide the speed of fp16 and int8. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';

export interface Cpu {
  readonly model: string;
  readonly logicalCores: number;
  /** In the spelling of Linux; empty where this system does not tell. */
  readonly instructionSets: readonly string[];
}

/**
 * Those worth telling: vector width, 8-bit dot products (VNNI, dot product, I8MM), matrix tiles (AMX, SME) and native
 * half precision.
 */
const worthTelling: readonly string[] = [
  'avx',
  'avx2',
  'fma',
  'f16c',
  'avx512f',
  'avx512bw',
  'avx_vnni',
  'avx512_vnni',
  'avx512_fp16',
  'avx512_bf16',
  'amx_int8',
  'amx_bf16',
  'asimd',
  'asimdhp',
  'asimddp',
  'i8mm',
  'sve',
  'sme',
];

/** The instruction sets in the text of /proc/cpuinfo, in a fixed order. */
export function instructionSetsIn(cpuinfo: string): readonly string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(line.split(/\s+/));
  return worthTelling.filter((name) => flags.has(name));
}

/** On macOS the names come from sysctl, e.g. `hw.optional.arm.FEAT_DotProd: 1`. */
const darwinNames: Readonly<Record<string, string>> = {
  'hw.optional.avx2_0': 'avx2',
  'hw.optional.avx512f': 'avx512f',
  'hw.optional.neon': 'asimd',
  'hw.optional.arm.FEAT_FP16': 'asimdhp',
  'hw.optional.arm.FEAT_DotProd': 'asimddp',
  'hw.optional.arm.FEAT_I8MM': 'i8mm',
  'hw.optional.arm.FEAT_SME': 'sme',
};

function readInstructionSets(): readonly string[] {
  try {
    if (platform() === 'linux') return instructionSetsIn(readFileSync('/proc/cpuinfo', 'utf8'));
    if (platform() === 'darwin') {
      const lines = execFileSync('sysctl', ['hw.optional'], { encoding: 'utf8' }).split('\n');
      const present = new Set(lines.filter((line) => /: 1$/.test(line)).map((line) => line.split(':')[0]));
      return Object.entries(darwinNames).flatMap(([key, name]) => (present.has(key) ? [name] : []));
    }
  } catch {
    // Not told is an answer too; nothing depends on it but a remark in the report.
  }
  return [];
}

let known: Cpu | undefined;

/** The processor of this machine; read once. */
export function describeCpu(): Cpu {
  known ??= {
    model: cpus()[0]?.model.trim() || arch(),
    logicalCores: cpus().length,
    instructionSets: readInstructionSets(),
  };
  return known;
}

/** Whether the processor multiplies 8-bit integers into 32-bit sums in one instruction, without which int8 gains little. */
export function hasIntegerDotProduct(cpu: Cpu): boolean {
  return cpu.instructionSets.some((name) =>
    ['avx_vnni', 'avx512_vnni', 'amx_int8', 'asimddp', 'i8mm', 'sme'].includes(name),
  );
}

/** Whether the processor computes with half-precision numbers; without it fp16 is converted to float32 and back. */
export function hasHalfArithmetic(cpu: Cpu): boolean {
  return cpu.instructionSets.some((name) => ['avx512_fp16', 'asimdhp'].includes(name));
}
