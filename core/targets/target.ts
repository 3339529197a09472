/** What a target can do, so that callers ask for a capability and never for a version. */

import type { WorkOptions } from '../base/work.ts';

export const precisions = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof precisions)[number];

export interface TargetDescription {
  readonly name: 'onnxruntime' | 'tensorrt' | 'tensorrt-rtx';
  readonly version: string;
  readonly device: string;
  readonly available: boolean;
  /** When not available: why, and the remedy for this machine. */
  readonly problem?: string;
  readonly capabilities: {
    readonly precisions: readonly Precision[];
    readonly dynamicShapes: boolean;
    readonly cancellableBuild: boolean;
  };
}

export interface BuildRequest {
  /** The ONNX model to build from: plain, FP16-typed or with Q/DQ. */
  readonly modelPath: string;
  readonly enginePath: string;
  readonly precision: Precision;
  readonly threads: number;
}

export interface TensorInfo {
  readonly name: string;
  readonly dtype: 'float32' | 'float16' | 'int64' | 'int32' | 'uint8' | 'bool';
  /** -1 where dynamic. */
  readonly dims: readonly number[];
}

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** A loaded engine. Inputs and outputs are float32 whatever the engine computes in. */
export interface Engine {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Runs once; `input` goes to the only image input. Outputs by name, float32 (integers converted). */
  run(input: Tensor): Promise<ReadonlyMap<string, Tensor>>;
  [Symbol.dispose](): void;
}

export interface Target {
  describe(): Promise<TargetDescription>;
  build(request: BuildRequest, work: WorkOptions): Promise<void>;
  load(enginePath: string, options: { readonly threads: number }): Promise<Engine>;
}
