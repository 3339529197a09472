/** The step that outlines a model's graph for drawing, with what each node computes in. */

import type { WorkOptions } from '../../base/work.ts';
import { readModel } from '../../onnx/model-file.ts';
import { type Outline, type OutlinedNode, outlineGraph } from '../../onnx/outline.ts';
import { type ComputedIn, nodePrecisions } from '../../quantization/node-precision.ts';

export interface GraphInput {
  /** A model, or an engine of the onnxruntime target. */
  readonly modelPath: string;
}

export interface GraphOutput {
  readonly nodes: readonly (OutlinedNode & ComputedIn)[];
  readonly edges: Outline['edges'];
}

const unknown: ComputedIn = { precision: null, reason: null };

/** @throws Failure `bad-input` naming the file when it is no model */
export async function graph({ modelPath }: GraphInput, work: WorkOptions): Promise<GraphOutput> {
  const model = await readModel(modelPath, { signal: work.signal });
  const { nodes, edges } = outlineGraph(model);
  const precisions = nodePrecisions(model);
  return {
    nodes: nodes.map((node) => ({ ...node, ...(precisions.get(node.outputs[0] ?? node.name) ?? unknown) })),
    edges,
  };
}
