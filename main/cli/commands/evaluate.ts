/** `engineroom evaluate`: COCO mAP of any ONNX model or engine, whoever built it. */

import type { Command } from 'commander';
import { noteOnNonFinite } from '../../../core/conversion/notes.ts';
import { mostCheckedImages, notesOnPreprocessing } from '../../../core/conversion/preprocessing-check.ts';
import type { PreprocessingCheckReport } from '../../../core/conversion/report.ts';
import { formatMap, plural } from '../../../core/conversion/report-html/figures.ts';
import { notesOnEvaluation } from '../../../core/conversion/run-sets.ts';
import { scanImages } from '../../../core/images/image-set.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parseWhole } from '../command-line.ts';
import { engineSpecification } from '../engine-preprocessing.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  addDetectionOptions,
  addModelOptions,
  type DetectionOptions,
  type ModelOptions,
} from '../model-options.ts';
import { runSteps } from '../step-sequence.ts';
import { formatTable } from '../text-table.ts';

interface EvaluateOptions extends ModelOptions, DetectionOptions {
  readonly validation: string;
  readonly labels: string;
  readonly validationLimit?: number;
  readonly tryPreprocessing?: boolean;
}

/** The table of what was tried; nothing where it was not asked for or no image could be used. */
function preprocessingLines(check: PreprocessingCheckReport | null): string[] {
  if (check === null) return [];
  const rows = check.variants.map(({ options, map50, map5095 }) => [
    options || 'as given',
    formatMap(map50),
    formatMap(map5095),
    options === check.offered ? 'clearly better' : '',
  ]);
  return [
    '',
    ...formatTable(
      [
        { title: `preprocessing (${plural(check.images, 'image')})`, align: 'left' },
        { title: 'mAP50', align: 'right' },
        { title: 'mAP50-95', align: 'right' },
        { title: '', align: 'left' },
      ],
      rows,
    ),
  ];
}

async function runEvaluate(
  model: string,
  options: EvaluateOptions,
  context: CommandContext,
): Promise<number> {
  const specification = await engineSpecification(model, options);
  const { agreementScore, ...detection } = specification.detection;
  const set = await scanImages(options.validation, {
    signal: context.signal,
    limit: options.validationLimit,
  });
  const triedImages = options.tryPreprocessing ? Math.min(mostCheckedImages, set.files.length) : 0;
  const plan = [
    { id: 'prepare', title: 'Read the model', cost: 10 },
    ...(triedImages > 0
      ? [
          {
            id: 'check-preprocessing',
            title: `Try other preprocessing on ${plural(triedImages, 'image')}`,
            cost: 6 * triedImages,
          },
        ]
      : []),
    { id: 'evaluate', title: `Evaluate on ${plural(set.files.length, 'image')}`, cost: set.files.length },
  ];
  const evaluation = { set, labels: options.labels };
  const { evaluated, check } = await runSteps(context, plan, async (sequence) => {
    const prepared = await sequence.run('prepare', 'prepare', {
      modelPath: model,
      preparedPath: sequence.file('prepared.onnx'),
      batch: 1,
      threads: specification.threads,
      layout: specification.layout,
      preprocessing: specification.preprocessing,
      evaluation,
    });
    for (const note of prepared.notes) context.output.note(note);
    const tried =
      triedImages === 0
        ? null
        : await sequence.run('check-preprocessing', 'check-preprocessing', {
            enginePath: model,
            facts: prepared.facts,
            set,
            labels: options.labels,
            detection: { ...detection, multiLabel: true },
          });
    const evaluated = await sequence.run('evaluate', 'evaluate', {
      precision: 'fp32',
      enginePath: model,
      facts: prepared.facts,
      evaluation,
      detection: { ...detection, multiLabel: true },
      detectionsPath: sequence.file('detections.json'),
      referencePath: null,
      agreementScore,
      keepPath: null,
    });
    return { evaluated, check: tried?.check ?? null };
  });
  const { accuracy, labels, unreadable, nonFinite } = evaluated;
  for (const note of notesOnEvaluation(evaluated)) context.output.note(note);
  for (const note of check ? notesOnPreprocessing(check) : []) context.output.note(note);
  if (nonFinite.length > 0) context.output.note(noteOnNonFinite('The model', evaluated));
  const figure = (value: number | null) => (value === null ? '-' : formatMap(value));
  const rows = accuracy
    ? [
        ['all classes', figure(accuracy.map50), figure(accuracy.map5095)],
        ...accuracy.perClass.map((entry) => [entry.name, figure(entry.ap50), figure(entry.ap5095)]),
      ]
    : [];
  context.output.report(
    {
      command: 'evaluate',
      model,
      accuracy,
      images: evaluated.images,
      boxes: labels?.boxes ?? 0,
      detections: evaluated.allDetections,
      unreadable,
      nonFinite,
      ...(check ? { preprocessingCheck: check } : {}),
    },
    [
      '',
      `${plural(evaluated.images, 'image')}, ${plural(labels?.boxes ?? 0, 'labelled box', 'labelled boxes')}, ${plural(evaluated.allDetections, 'detection')}`,
      ...unreadable.map(({ file, reason }) => `not read: ${file}: ${reason}`),
      '',
      ...formatTable(
        [
          { title: 'class', align: 'left' },
          { title: 'AP50', align: 'right' },
          { title: 'AP50-95', align: 'right' },
        ],
        rows,
      ),
      ...preprocessingLines(check),
    ],
  );
  return nonFinite.length > 0 ? exitCodes['detections-lost'] : 0;
}

export function addEvaluate(program: Command, run: RunCommand): void {
  const command = program
    .command('evaluate')
    .summary('measure COCO mAP of any ONNX model or engine')
    .description(
      'Runs a model or engine over labelled images and computes COCO mAP. An engine of ours is run with the preprocessing in the manifest beside it.',
    )
    .argument('<model>', 'ONNX model or engine')
    .requiredOption('--validation <images>', 'folder or list file of images')
    .requiredOption('--labels <path>', 'their labels: COCO JSON, data.yaml, or a folder of YOLO or VOC files')
    .option(
      '--validation-limit <n>',
      'use at most this many images, evenly chosen (default: all)',
      parseWhole,
    )
    .option(
      '--try-preprocessing',
      `also try other colour order, scale and resizing on ${mostCheckedImages} labelled images`,
    );
  addModelOptions(command);
  addDetectionOptions(command);
  addOutputOptions(command).action((model: string, options: EvaluateOptions) =>
    run((context) => runEvaluate(model, options, context)),
  );
}
