/** Turns a specification into the steps of its run, with what share of the time each is expected to take. */

import type { PlannedStep } from './events.ts';
import { mostCheckedImages } from './preprocessing-check.ts';
import { methodsOf, type Specification } from './specification.ts';

/** What is known of the work before it starts. */
export interface PlanFacts {
  readonly calibrationImages: number;
  readonly evaluationImages: number;
}

/**
 * Relative costs, measured with detectors of a few GFLOP on two cores; only their ratios matter, and only for the
 * progress bar. The unit is one forward pass with its image.
 */
const cost = {
  prepare: 20,
  build: 15,
  /** Calibration passes over the images twice and fills histograms of all tensors. */
  calibrationImage: 4,
  evaluationImage: 1.5,
  /** Eight forward passes and a load for each of some sixty layers. */
  sensitivity: 600,
  /** Engines that a search tries, as a guess; how many it needs shows only then, and often none. */
  candidates: 4,
  /** Eight forward passes. */
  preprocessingImage: 8.5,
  benchmarkRun: 1,
  report: 15,
} as const;

const labels = { fp32: 'FP32', fp16: 'FP16', int8: 'INT8' } as const;

/**
 * The steps in the order in which they run; their weights add up to 1. fp32 is evaluated first, because the other
 * precisions are compared with its detections.
 */
export function planSteps(specification: Specification, facts: PlanFacts): readonly PlannedStep[] {
  const { precisions, calibration, benchmark } = specification;
  const steps: { id: string; title: string; cost: number }[] = [];
  steps.push({ id: 'prepare', title: 'Read and prepare the model', cost: cost.prepare });
  if (precisions.includes('int8') && calibration !== null) {
    steps.push({
      id: 'calibrate',
      title: `Calibrate on ${facts.calibrationImages} images (${[calibration.method, ...calibration.alternatives].join(', ')})`,
      cost: cost.calibrationImage * facts.calibrationImages,
    });
  }
  // Several methods are judged by their engines, which needs fp32's detections, so int8 comes after the others then.
  const judged = precisions.includes('int8') && (calibration?.alternatives.length ?? 0) > 0;
  const others = precisions.filter((precision) => !judged || precision !== 'int8');
  const build = (id: string, title: string) =>
    steps.push({ id: `build:${id}`, title: `Build ${title}`, cost: cost.build });
  const evaluate = (id: string, title: string) => {
    if (facts.evaluationImages === 0) return;
    steps.push({
      id: `evaluate:${id}`,
      title: `Evaluate ${title} on ${facts.evaluationImages} images`,
      cost: cost.evaluationImage * facts.evaluationImages,
    });
  };
  for (const precision of others) build(precision, labels[precision]);
  if (facts.evaluationImages > 0 && specification.validation?.labels != null) {
    const images = Math.min(facts.evaluationImages, mostCheckedImages);
    steps.push({
      id: 'check-preprocessing',
      title: `Try other preprocessing on ${images} images`,
      cost: cost.preprocessingImage * images,
    });
  }
  for (const precision of others) evaluate(precision, labels[precision]);
  if (judged && calibration !== null) {
    for (const { method } of methodsOf(calibration)) {
      build(`int8-${method}`, `${labels.int8} by ${method}`);
      evaluate(`int8-${method}`, `${labels.int8} by ${method}`);
    }
  }
  const { checks, quantization } = specification;
  if (precisions.includes('int8') && (checks.maxMapLoss !== null || quantization.sensitivity)) {
    steps.push({ id: 'sensitivity', title: 'Measure the sensitivity of each layer', cost: cost.sensitivity });
  }
  if (precisions.includes('int8') && checks.maxMapLoss !== null) {
    steps.push({
      id: 'search',
      title: `Search for INT8 that loses at most ${checks.maxMapLoss} points`,
      cost: cost.candidates * (cost.build + cost.evaluationImage * facts.evaluationImages),
    });
  }
  const calls = benchmark.warmup + benchmark.runs + benchmark.endToEndImages;
  steps.push({
    id: 'benchmark',
    title: 'Measure latency and throughput',
    cost: cost.benchmarkRun * calls * precisions.length * 1.5,
  });
  steps.push({ id: 'report', title: 'Write the report', cost: cost.report });
  const total = steps.reduce((sum, step) => sum + step.cost, 0);
  return steps.map(({ id, title, cost }) => ({ id, title, weight: cost / total }));
}
