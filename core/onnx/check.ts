/** Looks a model over: what goes in and out, what it is made of, and what will give trouble later. */

import type { GraphProto, ModelProto } from 'onnx-buf';
import { isFailure } from '../base/failure.ts';
import { runtimeDomains } from './evaluate.ts';
import { allTensors } from './external-data.ts';
import { GraphEditor, inputsOf, subgraphsOf } from './graph.ts';
import { type OnnxModel, opsetOf } from './model-file.ts';
import { DataType, dataTypeName, elementCount } from './tensors.ts';
import { type Dimension, valueDataType, valueDims } from './value-info.ts';

export interface ValueSummary {
  readonly name: string;
  /** e.g. `float32`. */
  readonly dtype: string;
  /** A size, the name of a symbolic size, or null where the model does not say. */
  readonly dims: readonly Dimension[];
}

export interface ModelProblem {
  /** An `error` keeps the model from running; a `warning` may spoil a conversion. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly remedy: string;
}

export interface ModelSummary {
  readonly irVersion: number;
  readonly opset: number;
  /** Name and version of the exporter, empty when it did not say. */
  readonly producer: string;
  readonly inputs: readonly ValueSummary[];
  readonly outputs: readonly ValueSummary[];
  readonly nodeCount: number;
  /** Elements of all floating-point and 8-bit constants. */
  readonly parameterCount: number;
  /** How often each operator occurs, most frequent first; other domains are written `domain.Operator`. */
  readonly operators: ReadonlyMap<string, number>;
  readonly problems: readonly ModelProblem[];
}

const exportAgain = 'Export the model again; this file is damaged.';

const parameterTypes = new Set<number>([
  DataType.FLOAT,
  DataType.FLOAT16,
  DataType.BFLOAT16,
  DataType.DOUBLE,
  DataType.INT8,
  DataType.UINT8,
]);

function duplicates(names: readonly string[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const name of names) {
    if (name !== '' && seen.has(name)) twice.add(name);
    seen.add(name);
  }
  return [...twice];
}

function nameProblems(graph: GraphProto): ModelProblem[] {
  const error = (message: string): ModelProblem => ({ severity: 'error', message, remedy: exportAgain });
  const inputs = graph.input.map((value) => value.name);
  const weights = graph.initializer.map((tensor) => tensor.name);
  const results = graph.node.flatMap((node) => node.output);
  const given = new Set([...inputs, ...weights]);
  return [
    ...duplicates(results).map((name) => error(`Tensor ${name} is computed by more than one node.`)),
    ...duplicates(weights).map((name) => error(`Weight ${name} is there more than once.`)),
    ...duplicates(inputs).map((name) => error(`Input ${name} is there more than once.`)),
    ...results
      .filter((name) => given.has(name))
      .map((name) => error(`Tensor ${name} is computed by a node and also given as input or weight.`)),
    ...duplicates(graph.node.map((node) => node.name)).map(
      (name): ModelProblem => ({
        severity: 'warning',
        message: `More than one node is named ${name}.`,
        remedy: 'Nothing needs doing, but reports by layer cannot tell these nodes apart.',
      }),
    ),
  ];
}

function connectionProblems(graph: GraphProto): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const error = (message: string, remedy = exportAgain) =>
    problems.push({ severity: 'error', message, remedy });
  const made = new Set([...graph.input, ...graph.initializer].map((value) => value.name));
  for (const tensor of graph.sparseInitializer) if (tensor.values) made.add(tensor.values.name);
  const all = new Set([...made, ...graph.node.flatMap((node) => node.output)]);
  let unordered = false;
  for (const node of graph.node) {
    for (const name of inputsOf(node)) {
      if (!all.has(name)) error(`Node ${node.name || node.opType} reads ${name}, which nothing computes.`);
      else if (!made.has(name)) unordered = true;
    }
    for (const name of node.output) made.add(name);
  }
  for (const output of graph.output) {
    if (!all.has(output.name)) error(`Output ${output.name} is computed by nothing.`);
  }
  if (unordered) {
    try {
      // On a copy of the list: looking must not change the model.
      const order = graph.node;
      new GraphEditor(graph).topologicalSort();
      graph.node = order;
      problems.push({
        severity: 'warning',
        message: 'Nodes are not in an order in which they can run.',
        remedy: 'Nothing needs doing: they are sorted when the model is prepared.',
      });
    } catch (failure) {
      if (!isFailure(failure)) throw failure;
      error(failure.message, failure.remedy);
    }
  }
  return problems;
}

function domainProblems(model: ModelProto, operators: ReadonlyMap<string, number>): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const imported = new Set(model.opsetImport.map(({ domain }) => (domain === 'ai.onnx' ? '' : domain)));
  const local = new Set(model.functions.map((fn) => `${fn.domain}.${fn.name}`));
  const missing = new Set<string>();
  for (const [operator] of operators) {
    const dot = operator.lastIndexOf('.');
    const domain = dot < 0 ? '' : operator.slice(0, dot);
    if (!imported.has(domain)) missing.add(domain);
    if (runtimeDomains.has(domain) || local.has(operator)) continue;
    problems.push({
      severity: 'warning',
      message: `Operator ${operator} is not part of ONNX and runs only where its library is loaded.`,
      remedy: 'Export the model without it, for example without a built-in NMS plugin.',
    });
  }
  for (const domain of missing) {
    problems.push({
      severity: 'error',
      message: `The model uses operators of ${domain || 'ONNX'} but does not say which version of them.`,
      remedy: exportAgain,
    });
  }
  return problems;
}

function countOperators(graph: GraphProto, counts = new Map<string, number>()): Map<string, number> {
  for (const node of graph.node) {
    const standard = node.domain === '' || node.domain === 'ai.onnx';
    const name = standard ? node.opType : `${node.domain}.${node.opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const inner of subgraphsOf(node)) countOperators(inner, counts);
  }
  return counts;
}

/** Describes a model and lists its problems; the model is not changed and not run. */
export function inspectModel(model: OnnxModel): ModelSummary {
  const { proto } = model;
  const { graph } = proto;
  const weights = new Set(graph?.initializer.map((tensor) => tensor.name));
  const summarise = (value: GraphProto['input'][number]): ValueSummary => ({
    name: value.name,
    dtype: dataTypeName(valueDataType(value)),
    dims: valueDims(value) ?? [],
  });
  let parameterCount = 0;
  for (const tensor of allTensors(proto)) {
    if (parameterTypes.has(tensor.dataType)) parameterCount += elementCount(tensor.dims);
  }
  const counts = graph ? countOperators(graph) : new Map<string, number>();
  const operators = new Map([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
  return {
    irVersion: Number(proto.irVersion),
    opset: opsetOf(proto) ?? 0,
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(' '),
    inputs: (graph?.input ?? []).filter((value) => !weights.has(value.name)).map(summarise),
    outputs: (graph?.output ?? []).map(summarise),
    nodeCount: graph?.node.length ?? 0,
    parameterCount,
    operators,
    problems: graph
      ? [...nameProblems(graph), ...connectionProblems(graph), ...domainProblems(proto, operators)]
      : [{ severity: 'error', message: 'The model has no graph.', remedy: exportAgain }],
  };
}
