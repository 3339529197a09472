/** `engineroom benchmark`: latency and throughput of several models or engines, taking turns. */

import { basename } from 'node:path';
import type { Command } from 'commander';
import { formatMs, formatNumber, formatShare, plural } from '../../../core/conversion/report-html/figures.ts';
import { sampleImages, scanImages } from '../../../core/images/image-set.ts';
import { describeCpu } from '../../../core/targets/onnxruntime/cpu.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parseNumbers, parseWhole } from '../command-line.ts';
import { defaults } from '../defaults.ts';
import { engineSpecification } from '../engine-preprocessing.ts';
import { addModelOptions, type ModelOptions } from '../model-options.ts';
import { runSteps } from '../step-sequence.ts';
import { formatTable } from '../text-table.ts';

interface BenchmarkOptions extends ModelOptions {
  readonly images?: string;
  readonly batch: number;
  readonly warmup: number;
  readonly runs: number;
  readonly batches: number[];
}

/** Images for the way from file to boxes; more only take longer. */
const endToEndImages = 32;

async function runBenchmark(
  models: readonly string[],
  options: BenchmarkOptions,
  context: CommandContext,
): Promise<number> {
  const [first] = models;
  if (first === undefined) throw new Error('the parser asks for one model at least');
  const specification = await engineSpecification(first, options);
  const { agreementScore: _, ...detection } = specification.detection;
  const set =
    options.images === undefined
      ? null
      : sampleImages(await scanImages(options.images, { signal: context.signal }), endToEndImages);
  const plan = [
    { id: 'prepare', title: `Read ${first}`, cost: 10 },
    {
      id: 'benchmark',
      title: `Measure ${plural(models.length, 'model')}`,
      cost: options.runs * models.length,
    },
  ];
  const { facts, engines } = await runSteps(context, plan, async (sequence) => {
    const prepared = await sequence.run('prepare', 'prepare', {
      modelPath: first,
      preparedPath: sequence.file('prepared.onnx'),
      batch: options.batch,
      threads: specification.threads,
      layout: specification.layout,
      preprocessing: specification.preprocessing,
      evaluation: null,
    });
    const measured = await sequence.run('benchmark', 'benchmark', {
      // The precision is only a label there; results come in the order of the engines.
      engines: models.map((path) => ({ precision: 'fp32' as const, path })),
      facts: prepared.facts,
      imagePaths: set?.files.map(({ path }) => path) ?? [],
      warmup: options.warmup,
      runs: options.runs,
      batches: options.batches,
      detection: { ...detection, multiLabel: true },
    });
    return { facts: prepared.facts, engines: measured.engines };
  });
  const base = engines[0]?.latency.p50 ?? 0;
  const rows = engines.map(({ latency, throughput, endToEnd, timeShares }, i) => {
    const best = Math.max(0, ...throughput.map(({ imagesPerSecond }) => imagesPerSecond));
    return [
      basename(models[i] ?? ''),
      formatMs(latency.p50),
      formatMs(latency.p90),
      formatMs(latency.p99),
      i === 0 ? '' : `x ${formatNumber(base / latency.p50)}`,
      best > 0 ? formatNumber(best) : '-',
      endToEnd ? formatMs(endToEnd.p50) : '-',
      formatShare(timeShares.quantized),
      latency.stable ? '' : `unstable (${latency.instability.join(', ')})`,
    ];
  });
  const { width, height } = facts.preprocessing;
  context.output.report(
    {
      command: 'benchmark',
      cpu: describeCpu(),
      threads: facts.threads,
      batch: facts.batch,
      preprocessing: facts.preprocessing,
      models: engines.map(({ precision: _precision, ...engine }, i) => ({ model: models[i], ...engine })),
    },
    [
      '',
      `${plural(options.runs, 'call')} each after ${options.warmup} to warm up, batch ${facts.batch}, ${width} x ${height}, ${plural(facts.threads, 'thread')}, ${describeCpu().model}`,
      '',
      ...formatTable(
        [
          { title: 'model', align: 'left' },
          { title: 'p50 ms', align: 'right' },
          { title: 'p90 ms', align: 'right' },
          { title: 'p99 ms', align: 'right' },
          { title: 'speed', align: 'right' },
          { title: 'images/s', align: 'right' },
          { title: 'end to end ms', align: 'right' },
          { title: 'time in int8', align: 'right' },
          { title: '', align: 'left' },
        ],
        rows,
      ),
    ],
  );
  return 0;
}

export function addBenchmark(program: Command, run: RunCommand): void {
  const command = program
    .command('benchmark')
    .summary('measure latency and throughput of models or engines')
    .description(
      'Measures one or more models or engines of the same input, taking turns, so that a drift of the machine hits all alike.',
    )
    .argument('<models...>', 'ONNX models or engines; speed is given against the first')
    .option('--images <images>', 'folder or list file; adds the time from file to boxes')
    .option('--batch <n>', 'images in one call', parseWhole, 1)
    .option('--warmup <n>', 'calls before measuring starts', parseWhole, defaults.benchmark.warmup)
    .option('--runs <n>', 'measured calls of each', parseWhole, defaults.benchmark.runs)
    .option('--batches <list>', 'batch sizes for throughput', parseNumbers, defaults.benchmark.batches);
  addModelOptions(command);
  addOutputOptions(command).action((models: string[], options: BenchmarkOptions) =>
    run((context) => runBenchmark(models, options, context)),
  );
}
