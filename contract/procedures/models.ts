/** Models: what an ONNX file is, what is wrong with it, and its graph. */

import { z } from 'zod';
import { layoutSchema, precisionSchema } from '../report-schema.ts';

const count = z.number().int().nonnegative();

export const valueSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  /** A size, the name of a symbolic size, or null where the model does not say. */
  dims: z.array(z.union([z.number(), z.string(), z.null()])),
});

export const problemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  remedy: z.string(),
});

export const modelDetailsSchema = z.object({
  /** Stable: derived from the path. */
  id: z.string(),
  path: z.string(),
  name: z.string(),
  sha256: z.string(),
  bytes: count,
  opset: count,
  producer: z.string(),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  nodeCount: count,
  parameterCount: count,
  operators: z.array(z.object({ operator: z.string(), count })),
  layout: layoutSchema,
  layoutReason: z.string(),
  classNames: z.array(z.string()),
  stride: z.number().nullable(),
  /** Input size to use: the model's own where it is fixed, else its metadata's; null when neither says. */
  inputSize: z.object({ width: count, height: count }).nullable(),
  dynamicSize: z.boolean(),
  dynamicBatch: z.boolean(),
  problems: z.array(problemSchema),
});

export const recentModelSchema = z.object({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  bytes: count,
  /** ISO 8601. */
  openedAt: z.string(),
  /** False when the file is no longer there. */
  present: z.boolean(),
});

export const graphNodeSchema = z.object({
  id: z.string(),
  operator: z.string(),
  name: z.string(),
  /** Names of the tensors read and written; constants are left out of `inputs`. */
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** Short `name=value` texts of the attributes. */
  attributes: z.array(z.string()),
  /** Shapes of constant inputs, e.g. `weight 64x32x3x3 float32`. */
  constants: z.array(z.string()),
  /** What the node computes in; null for a model that has not been converted and for shape arithmetic. */
  precision: precisionSchema.nullable(),
  /** Why it stays in float, where the plan says so. */
  reason: z.string().nullable(),
});

export const graphSchema = z.object({
  nodes: z.array(graphNodeSchema),
  edges: z.array(z.object({ from: z.string(), to: z.string(), tensor: z.string() })),
});

export const modelProcedures = {
  'models.open': { params: z.object({ path: z.string().min(1) }), result: modelDetailsSchema },
  'models.recent': { params: z.object({}), result: z.object({ models: z.array(recentModelSchema) }) },
  'models.forget': { params: z.object({ id: z.string() }), result: z.object({}) },
  /** The graph of a model file or of an engine of the onnxruntime target. */
  'models.graph': { params: z.object({ path: z.string().min(1) }), result: graphSchema },
} as const;
