/** What a figure was measured on: this program, the machine and the target. */

import { readFileSync } from 'node:fs';
import { release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { describeCpu } from '../targets/onnxruntime/cpu.ts';
import type { TargetDescription } from '../targets/target.ts';
import type { Environment } from './report.ts';

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** This program's version, from the first package.json above this file. */
export function engineRoomVersion(): string {
  let folder = import.meta.dirname;
  for (;;) {
    try {
      return packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).version;
    } catch {
      const parent = dirname(folder);
      if (parent === folder) return 'unknown';
      folder = parent;
    }
  }
}

export function describeEnvironment(target: TargetDescription, threads: number): Environment {
  return {
    engineRoom: engineRoomVersion(),
    node: process.versions.node,
    operatingSystem: `${type()} ${release()} ${process.arch}`,
    cpu: describeCpu(),
    memoryBytes: totalmem(),
    threads,
    target: { name: target.name, version: target.version, device: target.device },
  };
}
