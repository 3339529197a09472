/** The steps that a worker process can run (those of a run, and looks at a model), by name, each loaded only where it runs. */

const loaders = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  calibrate: async () => (await import('./calibrate.ts')).calibrate,
  sensitivity: async () => (await import('./sensitivity.ts')).sensitivity,
  build: async () => (await import('./build.ts')).build,
  'check-preprocessing': async () => (await import('./check-preprocessing.ts')).checkPreprocessing,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  benchmark: async () => (await import('./benchmark.ts')).benchmark,
  inspect: async () => (await import('./inspect.ts')).inspect,
  graph: async () => (await import('./graph.ts')).graph,
  machine: async () => (await import('./machine.ts')).machine,
  report: async () => (await import('./report.ts')).writeReport,
};

type Loaders = typeof loaders;
type StepFunction<S extends StepName> = Awaited<ReturnType<Loaders[S]>>;

export type StepName = keyof Loaders;
export type StepInput<S extends StepName> = Parameters<StepFunction<S>>[0];
export type StepOutput<S extends StepName> = Awaited<ReturnType<StepFunction<S>>>;

export const steps = loaders;
