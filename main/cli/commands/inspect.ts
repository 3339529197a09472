/** `engineroom inspect`: what a model takes and gives, what its outputs mean, and what will be in the way. */

import type { Command } from 'commander';
import type { ModelReport } from '../../../core/conversion/report.ts';
import {
  formatBytes,
  formatCount,
  formatDims,
  plural,
} from '../../../core/conversion/report-html/figures.ts';
import { runStep } from '../../../core/conversion/worker/run-step.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { engineSpecification } from '../engine-preprocessing.ts';
import { addModelOptions, type ModelOptions } from '../model-options.ts';
import { formatFacts } from '../text-table.ts';

const operatorsShown = 12;

function tensorLines(tensors: ModelReport['inputs']): string {
  return tensors
    .map(({ name, dtype, dims }) => `${name}: ${dtype} ${formatDims(dims).replaceAll('\u00d7', ' x ')}`)
    .join('\n');
}

async function runInspect(path: string, options: ModelOptions, context: CommandContext): Promise<number> {
  const { output, signal } = context;
  const { layout, preprocessing, threads } = await engineSpecification(path, options);
  // Unreadable files fail here, with the code of bad input.
  const { summary, metadata, examined, problems, sha256, bytes } = await runStep(
    'inspect',
    { modelPath: path, batch: 1, threads, layout, preprocessing },
    { signal },
  );
  const operators = [...summary.operators];
  const found = problems.map(({ message, remedy }) => ({ message, remedy }));
  const listed = operators.slice(0, operatorsShown).map(([operator, count]) => `${count} ${operator}`);
  const more =
    operators.length > operatorsShown ? `, and ${operators.length - operatorsShown} other kinds` : '';
  const nodes = operators.reduce((sum, [, count]) => sum + count, 0);
  const facts: (readonly [string, string])[] = [
    ['model', `${path}, ${formatBytes(bytes)}`],
    ['sha256', sha256],
  ];
  if (examined) {
    const { report: described, facts: engine } = examined;
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
    ['parameters', formatCount(summary.parameterCount)],
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
      model: examined?.report ?? { path, sha256, bytes },
      preprocessing: examined?.facts.preprocessing ?? null,
      metadata,
      operators: Object.fromEntries(operators),
      parameters: summary.parameterCount,
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
