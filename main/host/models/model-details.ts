/** What the window is told of a model, from what inspecting it found. */

import { basename } from 'node:path';
import type { z } from 'zod';
import type { modelDetailsSchema } from '../../../contract/procedures/models.ts';
import type { DeepReadonly } from '../../../contract/rpc/handlers.ts';
import type { InspectOutput } from '../../../core/conversion/steps/inspect.ts';
import { modelId } from './recent-models.ts';

export type ModelDetails = DeepReadonly<z.infer<typeof modelDetailsSchema>>;

const notExamined = 'The outputs could not be looked at; the problems say why.';

export function modelDetails(path: string, found: InspectOutput): ModelDetails {
  const { summary, examined, metadata } = found;
  // An image input is [batch, 3, height, width].
  const [imageDims] = summary.inputs.map(({ dims }) => dims).filter((dims) => dims.length === 4);
  const isOpen = (position: number): boolean =>
    imageDims !== undefined && typeof imageDims[position] !== 'number';
  const { width, height } = examined?.facts.preprocessing ?? {};
  return {
    id: modelId(path),
    path,
    name: basename(path),
    sha256: found.sha256,
    bytes: found.bytes,
    opset: summary.opset,
    producer: summary.producer,
    inputs: summary.inputs,
    outputs: summary.outputs,
    nodeCount: summary.nodeCount,
    parameterCount: summary.parameterCount,
    operators: [...summary.operators].map(([operator, count]) => ({ operator, count })),
    layout: examined?.report.layout ?? 'none',
    layoutReason: examined?.report.layoutReason ?? notExamined,
    classNames: examined?.report.classNames ?? metadata.names ?? [],
    stride: metadata.stride,
    inputSize: found.sizeKnown && width !== undefined && height !== undefined ? { width, height } : null,
    dynamicSize: isOpen(2) || isOpen(3),
    dynamicBatch: isOpen(0),
    problems: found.problems,
  };
}
