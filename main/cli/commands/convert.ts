/** `engineroom convert`: the whole way from a model and images to measured engines. */

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../../core/base/failure.ts';
import type { SpecificationInput } from '../../../core/conversion/specification.ts';
import type { Precision } from '../../../core/targets/target.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import {
  defined,
  parseMethods,
  parseNames,
  parseNumber,
  parseNumbers,
  parsePrecisions,
  parseWhole,
} from '../command-line.ts';
import { defaults } from '../defaults.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  addDetectionOptions,
  addModelOptions,
  type DetectionOptions,
  detectionFields,
  type ModelOptions,
  modelFields,
} from '../model-options.ts';
import { reportLines } from '../report-lines.ts';

interface ConvertOptions extends ModelOptions, DetectionOptions {
  readonly out: string;
  readonly precision?: Precision[];
  readonly target?: string;
  readonly batch?: number;
  readonly calibration?: string;
  readonly calibrationLimit?: number;
  readonly method?: ReturnType<typeof parseMethods>;
  readonly percentile?: number;
  readonly cache?: string;
  readonly reuseStaleCache?: boolean;
  readonly validation?: string;
  readonly labels?: string;
  readonly validationLimit?: number;
  readonly agreementScore?: number;
  readonly warmup?: number;
  readonly runs?: number;
  readonly batches?: number[];
  readonly endToEndImages?: number;
  readonly allowLostDetections?: boolean;
  readonly keepOnlyIfFaster?: number;
  readonly maxMapLoss?: number;
  readonly searchMinutes?: number;
  readonly sensitivity?: boolean;
  readonly exclude?: string[];
  readonly keepDetections?: boolean;
}

/** Options that mean nothing without another one. */
const dependent: readonly (readonly [
  option: keyof ConvertOptions,
  name: string,
  needs: keyof ConvertOptions,
])[] = [
  ['calibrationLimit', '--calibration-limit', 'calibration'],
  ['method', '--method', 'calibration'],
  ['percentile', '--percentile', 'calibration'],
  ['cache', '--cache', 'calibration'],
  ['reuseStaleCache', '--reuse-stale-cache', 'calibration'],
  ['labels', '--labels', 'validation'],
  ['validationLimit', '--validation-limit', 'validation'],
];

function checkDependencies(options: ConvertOptions): void {
  for (const [option, name, needs] of dependent) {
    if (options[option] !== undefined && options[needs] === undefined) {
      throw new Failure(
        'bad-usage',
        `${name} has no effect without --${needs}.`,
        `Add --${needs} IMAGES, or leave ${name} out.`,
      );
    }
  }
}

/** The specification that the options describe; `parseSpecification` checks it. */
function specificationFrom(
  model: string,
  options: ConvertOptions,
): Record<keyof SpecificationInput, unknown> {
  checkDependencies(options);
  const calibration =
    options.calibration === undefined
      ? null
      : defined({
          images: options.calibration,
          limit: options.calibrationLimit,
          method: options.method?.[0],
          alternatives: options.method?.slice(1),
          percentile: options.percentile,
          cache: options.cache,
          reuseStale: options.reuseStaleCache,
        });
  const validation =
    options.validation === undefined
      ? null
      : defined({ images: options.validation, labels: options.labels, limit: options.validationLimit });
  const { preprocessing, layout, threads } = modelFields(options);
  return {
    model,
    out: options.out,
    precisions: options.precision,
    target: options.target,
    batch: options.batch,
    threads,
    layout,
    preprocessing,
    calibration,
    validation,
    quantization: defined({
      exclude: options.exclude,
      sensitivity: options.sensitivity,
      searchMinutes: options.searchMinutes,
    }),
    detection: defined({ ...detectionFields(options), agreementScore: options.agreementScore }),
    benchmark: defined({
      warmup: options.warmup,
      runs: options.runs,
      batches: options.batches,
      endToEndImages: options.endToEndImages,
    }),
    checks: defined({
      allowLostDetections: options.allowLostDetections,
      keepOnlyIfFaster: options.keepOnlyIfFaster,
      maxMapLoss: options.maxMapLoss,
    }),
    keepDetections: options.keepDetections,
  };
}

async function runConvert(model: string, options: ConvertOptions, context: CommandContext): Promise<number> {
  const { convert } = await import('../../../core/conversion/convert.ts');
  const { parseSpecification } = await import('../../../core/conversion/specification.ts');
  const { output, signal } = context;
  const specification = parseSpecification(defined(specificationFrom(model, options)));
  const { report, reportPath, htmlPath, verdict } = await convert(specification, {
    signal,
    onEvent: (event) => output.event(event),
  });
  output.report(
    { command: 'convert', path: resolve(reportPath), htmlPath: resolve(htmlPath), report },
    reportLines(report, htmlPath),
    verdict,
  );
  return verdict ? exitCodes[verdict.code] : 0;
}

export function addConvert(program: Command, run: RunCommand): void {
  const command = program
    .command('convert')
    .summary('build engines from a model and measure them side by side')
    .description(
      'Builds FP32, FP16 and INT8 engines from an ONNX detector, measures size, latency and accuracy of each, and writes the engines, their manifests, report.json and report.html.',
    )
    .argument('<model>', 'ONNX file')
    .requiredOption('--out <folder>', 'folder for everything that is written')
    .option(
      '--precision <list>',
      'fp32, fp16, int8, separated by commas; fp32 is always built, as the reference (default: all three)',
      parsePrecisions,
    )
    .option('--target <name>', 'what runs the engines: onnxruntime (default: onnxruntime)')
    .option('--batch <n>', 'images in one call of an engine (default: 1)', parseWhole)
    .option('--keep-detections', 'keep what each precision found in every image, beside the engines')
    .optionsGroup('Calibration, for INT8:')
    .option('--calibration <images>', 'folder or list file of typical images; labels are not needed')
    .option(
      '--calibration-limit <n>',
      `use at most this many of them, evenly chosen (default: ${defaults.calibration.limit})`,
      parseWhole,
    )
    .option(
      '--method <list>',
      `how ranges are chosen: entropy, minmax, percentile or mse; of several, separated by commas, or all, the best is taken (default: ${defaults.calibration.method})`,
      parseMethods,
    )
    .option(
      '--percentile <p>',
      `for percentile: part of the values inside the range, in per cent (default: ${defaults.calibration.percentile})`,
      parseNumber,
    )
    .option(
      '--cache <file>',
      'ranges to use again when model, images and preprocessing are the same, and to write, or a TensorRT calibration cache to import (default: in the output folder)',
    )
    .option('--reuse-stale-cache', 'use the cache even if it was made from other inputs; the report says so')
    .optionsGroup('Layers of INT8:')
    .option('--exclude <nodes>', 'layers that stay in float, by node name, separated by commas', parseNames)
    .option('--sensitivity', 'list in the report how much each layer alone disturbs the result in int8')
    .optionsGroup('Validation:')
    .option('--validation <images>', 'folder or list file of images to judge the engines on')
    .option('--labels <path>', 'their labels: COCO JSON, data.yaml, or a folder of YOLO or VOC files')
    .option(
      '--validation-limit <n>',
      'use at most this many of them, evenly chosen (default: all)',
      parseWhole,
    )
    .option(
      '--agreement-score <s>',
      `boxes below this score are not compared between precisions (default: ${defaults.detection.agreementScore})`,
      parseNumber,
    );
  addModelOptions(command);
  addDetectionOptions(command);
  command
    .optionsGroup('Benchmark:')
    .option(
      '--warmup <n>',
      `calls before measuring starts (default: ${defaults.benchmark.warmup})`,
      parseWhole,
    )
    .option(
      '--runs <n>',
      `measured calls of each engine, taking turns (default: ${defaults.benchmark.runs})`,
      parseWhole,
    )
    .option(
      '--batches <list>',
      `batch sizes for throughput (default: ${defaults.benchmark.batches.join(',')})`,
      parseNumbers,
    )
    .option(
      '--end-to-end-images <n>',
      `images for the time from file to boxes; 0 leaves it out (default: ${defaults.benchmark.endToEndImages})`,
      parseWhole,
    )
    .optionsGroup('Demands, missed ones end with exit code 1:')
    .option(
      '--max-map-loss <points>',
      'largest loss of mAP50-95 against fp32, in points: 0.5 allows 0.900 to become 0.895; where int8 loses more, its most sensitive layers return to float',
      parseNumber,
    )
    .option(
      '--search-minutes <m>',
      `time for finding these layers, after which the best engine so far is taken (default: ${defaults.quantization.searchMinutes})`,
      parseNumber,
    )
    .option('--allow-lost-detections', 'do not fail when a precision loses more than half of the detections')
    .addOption(
      command
        .createOption(
          '--keep-only-if-faster [times]',
          'drop fp16 and int8 engines that are not this many times as fast as fp32',
        )
        .preset(1.02)
        .argParser(parseNumber),
    );
  addOutputOptions(command).action((model: string, options: ConvertOptions) =>
    run((context) => runConvert(model, options, context)),
  );
}
