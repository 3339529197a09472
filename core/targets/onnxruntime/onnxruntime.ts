/** The target `onnxruntime`: engines are ONNX files that ONNX Runtime optimises when it loads them. */

import { rename } from 'node:fs/promises';
import { fileFailure } from '../../base/files.ts';
import { throwIfCancelled, type WorkOptions } from '../../base/work.ts';
import {
  type BuildRequest,
  type Engine,
  precisions,
  type Target,
  type TargetDescription,
} from '../target.ts';
import { describeCpu } from './cpu.ts';
import { OnnxRuntimeEngine } from './engine.ts';
import { loadRuntime } from './session.ts';

async function describe(): Promise<TargetDescription> {
  const cpu = describeCpu();
  const about = {
    name: 'onnxruntime',
    device: `${cpu.model}, ${cpu.logicalCores} logical cores`,
    capabilities: { precisions, dynamicShapes: true, cancellableBuild: false },
  } as const;
  try {
    const { env } = await loadRuntime();
    return { ...about, version: env.versions.node ?? env.versions.common, available: true };
  } catch (error) {
    return {
      ...about,
      version: 'unknown',
      available: false,
      problem: error instanceof Error ? error.message : String(error),
    };
  }
}

/**
 * The engine is the model file itself, because a graph that ONNX Runtime has optimised is bound to one version and one
 * instruction set and cannot be checked by others. Building therefore means: load it once at full optimisation, so that
 * an unsupported operator shows here, and give it the engine's name.
 */
async function build(request: BuildRequest, work: WorkOptions): Promise<void> {
  throwIfCancelled(work.signal);
  work.onProgress?.({ value: 0, description: `ONNX Runtime optimises ${request.precision}` });
  const engine = await OnnxRuntimeEngine.open(request.modelPath, { threads: request.threads });
  engine[Symbol.dispose]();
  throwIfCancelled(work.signal);
  if (request.modelPath !== request.enginePath) {
    await rename(request.modelPath, request.enginePath).catch((error: unknown) => {
      throw fileFailure(error, request.enginePath, 'write');
    });
  }
  work.onProgress?.({ value: 1, description: `${request.precision} is built` });
}

function load(enginePath: string, options: { readonly threads: number }): Promise<Engine> {
  return OnnxRuntimeEngine.open(enginePath, options);
}

export const onnxRuntime: Target = { describe, build, load };
