/** `engineroom calibrate`: ranges of a model's tensors from typical images, kept as a cache; TensorRT's form on request. */

import { basename, extname } from 'node:path';
import type { Command } from 'commander';
import {
  defaultTensorRtVersion,
  tensorRtCacheFrom,
  writeTensorRtCache,
} from '../../../core/calibration/cache-file.ts';
import {
  formatBytes,
  formatNumber,
  formatSeconds,
  formatShare,
  plural,
} from '../../../core/conversion/report-html/figures.ts';
import { parseSpecification } from '../../../core/conversion/specification.ts';
import { sampleImages, scanImages } from '../../../core/images/image-set.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { defined, parseNumber, parseWhole } from '../command-line.ts';
import { defaults } from '../defaults.ts';
import { addModelOptions, type ModelOptions, modelFields } from '../model-options.ts';
import { runSteps } from '../step-sequence.ts';
import { formatTable } from '../text-table.ts';

interface CalibrateOptions extends ModelOptions {
  readonly calibration: string;
  readonly calibrationLimit?: number;
  readonly method?: string;
  readonly percentile?: number;
  readonly cache?: string;
  readonly reuseStaleCache?: boolean;
  readonly tensorrtCache?: string;
  readonly tensorrtVersion: number;
}

const clippedShown = 10;

async function runCalibrate(
  model: string,
  options: CalibrateOptions,
  context: CommandContext,
): Promise<number> {
  const { output, signal } = context;
  const cachePath = options.cache ?? `${basename(model, extname(model))}-ranges.json`;
  const { preprocessing, layout, threads } = modelFields(options);
  const specification = parseSpecification(
    defined({
      model,
      out: '.',
      precisions: ['int8'],
      preprocessing,
      layout,
      threads,
      calibration: defined({
        images: options.calibration,
        limit: options.calibrationLimit,
        method: options.method,
        percentile: options.percentile,
        cache: cachePath,
        reuseStale: options.reuseStaleCache,
      }),
    }),
  );
  const { calibration } = specification;
  if (calibration === null) throw new Error('the specification was made with a calibration');
  const set = sampleImages(await scanImages(calibration.images, { signal }), calibration.limit);
  const plan = [
    { id: 'prepare', title: 'Read and prepare the model', cost: 10 },
    {
      id: 'calibrate',
      title: `Calibrate on ${plural(set.files.length, 'image')} (${calibration.method})`,
      cost: 4 * set.files.length,
    },
  ];
  const calibrated = await runSteps(context, plan, async (sequence) => {
    const preparedPath = sequence.file('prepared.onnx');
    const prepared = await sequence.run('prepare', 'prepare', {
      modelPath: model,
      preparedPath,
      batch: 1,
      threads: specification.threads,
      layout: specification.layout,
      preprocessing: specification.preprocessing,
      evaluation: null,
    });
    for (const note of prepared.notes) output.note(note);
    return await sequence.run('calibrate', 'calibrate', {
      preparedPath,
      observedPath: sequence.file('observed.onnx'),
      modelSha256: prepared.model.sha256,
      facts: prepared.facts,
      set,
      method: { method: calibration.method, percentile: calibration.percentile },
      cachePath,
      reuseStale: calibration.reuseStale,
      rangesPath: cachePath,
    });
  });
  const { ranges, cache, staleReasons, unreadable, advice, images, key } = calibrated;
  for (const message of advice)
    output.note({ severity: 'warning', code: 'calibration-set', message, tip: null });
  if (staleReasons.length > 0) {
    output.note({
      severity: 'warning',
      code: 'stale-cache',
      message: `The calibration cache ${cachePath} was stale: ${staleReasons.join('; ')}.`,
      tip:
        cache === 'computed'
          ? 'It was not used; the ranges were measured again.'
          : 'It was used all the same, as ordered.',
    });
  }
  const { tensorrtCache, tensorrtVersion } = options;
  if (tensorrtCache !== undefined)
    await writeTensorRtCache(tensorrtCache, tensorRtCacheFrom(ranges, tensorrtVersion));
  const mostClipped = [...ranges].sort((a, b) => b.clipped - a.clipped).slice(0, clippedShown);
  output.report(
    {
      command: 'calibrate',
      model,
      cache,
      cachePath,
      tensorrtCache: tensorrtCache ?? null,
      key,
      images,
      unreadable,
      ranges,
      seconds: calibrated.seconds,
      peakRssBytes: calibrated.peakRssBytes,
    },
    [
      '',
      `${plural(ranges.length, 'tensor')} over ${plural(images, 'image')} in ${formatSeconds(calibrated.seconds)}, peak memory ${formatBytes(calibrated.peakRssBytes)}${cache === 'computed' ? '' : '; ranges taken from the cache'}`,
      ...unreadable.map(({ file, reason }) => `not read: ${file}: ${reason}`),
      '',
      'Most clipped:',
      ...formatTable(
        [
          { title: 'tensor', align: 'left' },
          { title: 'range', align: 'right' },
          { title: 'largest', align: 'right' },
          { title: 'clipped', align: 'right' },
        ],
        mostClipped.map(({ tensor, threshold, absMax, clipped }) => [
          tensor,
          formatNumber(threshold),
          formatNumber(absMax),
          formatShare(clipped),
        ]),
      ),
      '',
      `Cache: ${cachePath}`,
      ...(tensorrtCache === undefined ? [] : [`TensorRT cache: ${tensorrtCache}`]),
    ],
  );
  return 0;
}

export function addCalibrate(program: Command, run: RunCommand): void {
  const command = program
    .command('calibrate')
    .summary('measure activation ranges and keep them as a cache')
    .description(
      'Observes the activations of a model over typical images and chooses one range for each tensor.',
    )
    .argument('<model>', 'ONNX file')
    .requiredOption('--calibration <images>', 'folder or list file of typical images; labels are not needed')
    .option(
      '--calibration-limit <n>',
      `use at most this many of them, evenly chosen (default: ${defaults.calibration.limit})`,
      parseWhole,
    )
    .option(
      '--method <name>',
      `how ranges are chosen: entropy, minmax, percentile or mse (default: ${defaults.calibration.method})`,
    )
    .option(
      '--percentile <p>',
      `for percentile: part of the values inside the range, in per cent (default: ${defaults.calibration.percentile})`,
      parseNumber,
    )
    .option(
      '--cache <file>',
      'where the ranges are kept, and taken from when they fit (default: MODEL-ranges.json here)',
    )
    .option('--reuse-stale-cache', 'use the cache even if it was made from other inputs')
    .option('--tensorrt-cache <file>', 'also write the calibration cache that IInt8EntropyCalibrator2 reads')
    .option(
      '--tensorrt-version <n>',
      'version in its first line, as getInferLibVersion() tells it',
      parseWhole,
      defaultTensorRtVersion,
    );
  addModelOptions(command);
  addOutputOptions(command).action((model: string, options: CalibrateOptions) =>
    run((context) => runCalibrate(model, options, context)),
  );
}
