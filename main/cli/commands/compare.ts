/** `engineroom compare`: whether two models or engines find the same boxes, labels or not. */

import type { Command } from 'commander';
import { Failure } from '../../../core/base/failure.ts';
import { formatNumber, formatShare, plural } from '../../../core/conversion/report-html/figures.ts';
import type { EngineFacts } from '../../../core/conversion/run-inputs.ts';
import { agreementFailure } from '../../../core/evaluation/agreement.ts';
import { scanImages } from '../../../core/images/image-set.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parseNumber, parseWhole } from '../command-line.ts';
import { defaults } from '../defaults.ts';
import { engineSpecification } from '../engine-preprocessing.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  addDetectionOptions,
  addModelOptions,
  type DetectionOptions,
  type ModelOptions,
} from '../model-options.ts';
import { runSteps, type StepSequence } from '../step-sequence.ts';
import { formatTable } from '../text-table.ts';

interface CompareOptions extends ModelOptions, DetectionOptions {
  readonly images: string;
  readonly limit?: number;
  readonly score?: number;
}

const worstShown = 5;

async function evaluateSide(
  sequence: StepSequence,
  side: 'a' | 'b',
  model: string,
  set: Awaited<ReturnType<typeof scanImages>>,
  options: CompareOptions,
) {
  const specification = await engineSpecification(model, options);
  const { agreementScore, ...detection } = specification.detection;
  const evaluation = { set, labels: null };
  const { facts } = await sequence.run(`prepare:${side}`, 'prepare', {
    modelPath: model,
    preparedPath: sequence.file(`prepared-${side}.onnx`),
    batch: 1,
    threads: specification.threads,
    layout: specification.layout,
    preprocessing: specification.preprocessing,
    evaluation,
  });
  const evaluated = await sequence.run(`evaluate:${side}`, 'evaluate', {
    precision: side === 'a' ? 'fp32' : 'int8',
    enginePath: model,
    facts,
    evaluation,
    detection: { ...detection, multiLabel: true },
    detectionsPath: sequence.file(`detections-${side}.json`),
    referencePath: side === 'a' ? null : sequence.file('detections-a.json'),
    agreementScore: options.score ?? agreementScore,
    keepPath: null,
  });
  return { facts, evaluated };
}

/** Boxes of two models can only be matched where their classes mean the same. */
function checkClasses(a: string, first: EngineFacts, b: string, second: EngineFacts): void {
  const [one, two] = [first.layout.classNames, second.layout.classNames];
  if (one.length !== two.length) {
    throw new Failure(
      'bad-input',
      `${a} has ${plural(one.length, 'class', 'classes')} and ${b} has ${two.length}, so their boxes cannot be matched.`,
      'Compare two models of the same classes.',
    );
  }
}

async function runCompare(
  a: string,
  b: string,
  options: CompareOptions,
  context: CommandContext,
): Promise<number> {
  const set = await scanImages(options.images, { signal: context.signal, limit: options.limit });
  const count = plural(set.files.length, 'image');
  const plan = [
    { id: 'prepare:a', title: `Read ${a}`, cost: 10 },
    { id: 'evaluate:a', title: `Run ${a} on ${count}`, cost: set.files.length },
    { id: 'prepare:b', title: `Read ${b}`, cost: 10 },
    { id: 'evaluate:b', title: `Run ${b} on ${count}`, cost: set.files.length },
  ];
  const { agreement, images } = await runSteps(context, plan, async (sequence) => {
    const first = await evaluateSide(sequence, 'a', a, set, options);
    const second = await evaluateSide(sequence, 'b', b, set, options);
    checkClasses(a, first.facts, b, second.facts);
    return second.evaluated;
  });
  if (!agreement) throw new Error('the second side is always compared with the first');
  const failure = agreementFailure(agreement, b, a);
  const { referenceCount, otherCount, matched, lost, added, moved, meanIou } = agreement;
  const share = referenceCount > 0 ? ` (${formatShare(matched / referenceCount)})` : '';
  const worst = agreement.differences.slice(0, worstShown);
  context.output.report(
    { command: 'compare', a, b, images, agreement },
    [
      '',
      `${a}: ${plural(referenceCount, 'box', 'boxes')} of score ${formatNumber(agreement.scoreThreshold)} and more on ${plural(images, 'image')}`,
      `${b}: ${plural(otherCount, 'box', 'boxes')}`,
      `matched ${matched}${share}, lost ${lost}, new ${added}, moved ${moved}${meanIou === null ? '' : `; mean IoU of matched boxes ${meanIou.toFixed(4)}`}`,
      '',
      ...formatTable(
        [
          { title: 'class', align: 'left' },
          { title: 'matched', align: 'right' },
          { title: 'lost', align: 'right' },
          { title: 'new', align: 'right' },
        ],
        agreement.perClass.map((entry) => [
          entry.name,
          ...[entry.matched, entry.lost, entry.added].map(String),
        ]),
      ),
      ...(worst.length > 0 ? ['', 'Images that differ most:'] : []),
      ...worst.map(({ file }) => `  ${file}`),
    ],
    failure,
  );
  return failure ? exitCodes[failure.code] : 0;
}

export function addCompare(program: Command, run: RunCommand): void {
  const command = program
    .command('compare')
    .summary('tell whether two models or engines find the same boxes')
    .description(
      'Runs two models or engines over the same images and matches their boxes: matched, lost, new, moved. Fails when the second keeps fewer than half of the boxes of the first.',
    )
    .argument('<a>', 'ONNX model or engine that is the reference')
    .argument('<b>', 'the other one')
    .requiredOption('--images <images>', 'folder or list file of images; labels are not needed')
    .option('--limit <n>', 'use at most this many images, evenly chosen (default: all)', parseWhole)
    .option(
      '--score <s>',
      `boxes below this score are not compared (default: ${defaults.detection.agreementScore})`,
      parseNumber,
    );
  addModelOptions(command);
  addDetectionOptions(command);
  addOutputOptions(command).action((a: string, b: string, options: CompareOptions) =>
    run((context) => runCompare(a, b, options, context)),
  );
}
