/** `engineroom inspect`: what a model takes and gives, what its outputs mean, and what will be in the way. */

import type { Command } from 'commander';
import { isFailure } from '../../../core/base/failure.ts';
import {
  formatBytes,
  formatCount,
  formatDims,
  plural,
} from '../../../core/conversion/report-html/figures.ts';
import type { PrepareOutput } from '../../../core/conversion/steps/prepare.ts';
import { readMetadata } from '../../../core/onnx/metadata.ts';
import { type OnnxModel, readModel } from '../../../core/onnx/model-file.ts';
import { elementCount } from '../../../core/onnx/tensors.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { engineSpecification } from '../engine-preprocessing.ts';
import { addModelOptions, type ModelOptions } from '../model-options.ts';
import { runSteps } from '../step-sequence.ts';
import { formatFacts } from '../text-table.ts';

interface Problem {
  readonly message: string;
  readonly remedy: string;
}

const operatorsShown = 12;
/** Most detectors take this size; it serves to look at outputs when a model does not say its own. */
const customarySide = 640;

function countOperators(model: OnnxModel): readonly (readonly [operator: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const { opType } of model.proto.graph?.node ?? []) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function countParameters(model: OnnxModel): number {
  return (model.proto.graph?.initializer ?? []).reduce((sum, { dims }) => sum + elementCount(dims), 0);
}

interface Findings {
  readonly prepared: PrepareOutput | null;
  readonly problems: readonly Problem[];
}

/** Does with the model what a conversion would do first. What fails is a finding here. */
async function tryToPrepare(
  model: string,
  options: ModelOptions,
  context: CommandContext,
): Promise<Findings> {
  const specification = await engineSpecification(model, options);
  const problems: Problem[] = [];
  const attempt = async (size: { readonly width?: number; readonly height?: number }) => {
    try {
      return await runSteps(
        context,
        [{ id: 'prepare', title: 'Read and prepare the model', cost: 1 }],
        (sequence) =>
          sequence.run('prepare', 'prepare', {
            modelPath: model,
            preparedPath: sequence.file('prepared.onnx'),
            batch: 1,
            threads: specification.threads,
            layout: specification.layout,
            preprocessing: { ...specification.preprocessing, ...size },
            evaluation: null,
          }),
      );
    } catch (error) {
      if (!isFailure(error) || error.code === 'cancelled' || error.code === 'internal') throw error;
      problems.push({ message: error.message, remedy: error.remedy });
      return error.code === 'bad-usage' ? undefined : null;
    }
  };
  const prepared = await attempt({});
  if (prepared !== undefined) return { prepared, problems };
  // The size is missing: look at the rest with a customary one.
  return { prepared: (await attempt({ width: customarySide, height: customarySide })) ?? null, problems };
}

function tensorLines(tensors: PrepareOutput['model']['inputs']): string {
  return tensors
    .map(({ name, dtype, dims }) => `${name}: ${dtype} ${formatDims(dims).replaceAll('\u00d7', ' x ')}`)
    .join('\n');
}

async function runInspect(path: string, options: ModelOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  // Unreadable files fail here, with the code of bad input.
  const model = await readModel(path, { signal });
  const operators = countOperators(model);
  const parameters = countParameters(model);
  const metadata = readMetadata(model);
  const { prepared, problems } = await tryToPrepare(path, options, context);
  const warnings = (prepared?.notes ?? []).filter(({ severity }) => severity !== 'info');
  const found: readonly Problem[] = [
    ...problems,
    ...warnings.map(({ message, tip }) => ({ message, remedy: tip ?? '' })),
  ];
  const listed = operators.slice(0, operatorsShown).map(([operator, count]) => `${count} ${operator}`);
  const more =
    operators.length > operatorsShown ? `, and ${operators.length - operatorsShown} other kinds` : '';
  const nodes = operators.reduce((sum, [, count]) => sum + count, 0);
  const facts: (readonly [string, string])[] = [
    ['model', `${path}, ${formatBytes(model.bytes)}`],
    ['sha256', model.sha256],
  ];
  if (prepared) {
    const { model: described, facts: engine } = prepared;
    const { width, height } = engine.preprocessing;
    facts.push(
      ['opset', String(described.opset)],
      ['inputs', tensorLines(described.inputs)],
      ['outputs', tensorLines(described.outputs)],
      ['size', `${width} x ${height}`],
      ['batch', engine.dynamicBatch ? 'dynamic' : `fixed at ${engine.batch}`],
      ['layout', `${described.layout}: ${described.layoutReason}`],
      [
        'classes',
        described.classNames.length > 0
          ? `${described.classNames.length}: ${described.classNames.join(', ')}`
          : 'none',
      ],
    );
  }
  facts.push(
    ['layers', `${plural(nodes, 'node')}: ${listed.join(', ')}${more}`],
    ['parameters', formatCount(parameters)],
    [
      'problems',
      found.length === 0
        ? 'none'
        : found.map(({ message, remedy }) => `${message} ${remedy}`.trim()).join('\n'),
    ],
  );
  output.report(
    {
      command: 'inspect',
      model: prepared?.model ?? { path, sha256: model.sha256, bytes: model.bytes },
      preprocessing: prepared?.facts.preprocessing ?? null,
      metadata,
      operators: Object.fromEntries(operators),
      parameters,
      problems: found,
    },
    formatFacts(facts),
  );
  return 0;
}

export function addInspect(program: Command, run: RunCommand): void {
  const command = program
    .command('inspect')
    .summary('show what a model takes and gives, and what is in the way')
    .description(
      'Shows inputs, outputs, opset, layers, the detected output layout with the reason, class names and problems.',
    )
    .argument('<model>', 'ONNX model or engine');
  addModelOptions(command);
  addOutputOptions(command).action((model: string, options: ModelOptions) =>
    run((context) => runInspect(model, options, context)),
  );
}
