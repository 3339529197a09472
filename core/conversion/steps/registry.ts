/** The steps that a worker process can run, by name, each loaded only where it runs. */

const loaders = {
  prepare: async () => (await import('./prepare.ts')).prepare,
  calibrate: async () => (await import('./calibrate.ts')).calibrate,
  build: async () => (await import('./build.ts')).build,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  benchmark: async () => (await import('./benchmark.ts')).benchmark,
  report: async () => (await import('./report.ts')).writeReport,
};

type Loaders = typeof loaders;
type StepFunction<S extends StepName> = Awaited<ReturnType<Loaders[S]>>;

export type StepName = keyof Loaders;
export type StepInput<S extends StepName> = Parameters<StepFunction<S>>[0];
export type StepOutput<S extends StepName> = Awaited<ReturnType<StepFunction<S>>>;

export const steps = loaders;
