/** The host's side of a process that works on images: started when it is needed, again when it died. */

import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { Failure } from '../../../../core/base/failure.ts';
import { throwIfCancelled } from '../../../../core/base/work.ts';
import { compiledProgram } from '../../../../core/conversion/worker/compiled-program.ts';
import { workerEnvironment } from '../../../../core/conversion/worker/process-options.ts';
import { fromProcessSchema, type ToProcess } from './messages.ts';
import type { TaskInput, TaskItem, TaskName, TaskOutput } from './tasks.ts';

interface Pending {
  readonly child: ChildProcess;
  onItem(value: unknown): void;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

export interface TaskOptions<N extends TaskName> {
  readonly signal: AbortSignal;
  readonly onItem?: (item: TaskItem<N>) => void;
}

export interface ProcessOptions {
  /** Added to the process's niceness: 0 to 19, larger yields to others. */
  readonly niceness: number;
}

function lost(code: number | null, signal: NodeJS.Signals | null): Failure {
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new Failure(
    'worker-lost',
    `The process that reads images ended ${how}.`,
    'Open the set again; if it happens again, report it with the output of "engineroom doctor".',
  );
}

/** What the rest of the host needs of such a process. */
export interface TaskRunner {
  /**
   * @param input plain data that survives the structured clone
   * @throws Failure as the task threw it; `cancelled` at once when the signal is aborted; `worker-lost` when the
   *   process died
   */
  run<N extends TaskName>(task: N, input: TaskInput<N>, options: TaskOptions<N>): Promise<TaskOutput<N>>;
}

export class TaskProcess implements TaskRunner {
  readonly #options: ProcessOptions;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #nextId = 0;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** Starts the process before it is needed. */
  warmUp(): void {
    this.#child ??= this.#fork();
  }

  async run<N extends TaskName>(
    task: N,
    input: TaskInput<N>,
    { signal, onItem }: TaskOptions<N>,
  ): Promise<TaskOutput<N>> {
    throwIfCancelled(signal);
    this.#child ??= this.#fork();
    const child = this.#child;
    const id = this.#nextId++;
    let cancel = (): void => undefined;
    try {
      const output = await new Promise<unknown>((resolve, reject) => {
        // Host and process are one build of one program, so items have the type that the task sends.
        this.#pending.set(id, {
          child,
          onItem: (item) => onItem?.(item as TaskItem<N>),
          resolve,
          reject,
        });
        cancel = () => {
          send(child, { type: 'cancel', id });
          try {
            throwIfCancelled(signal);
          } catch (error) {
            reject(error);
          }
        };
        signal.addEventListener('abort', cancel, { once: true });
        send(child, { type: 'start', id, task, input });
      });
      return output as TaskOutput<N>;
    } finally {
      signal.removeEventListener('abort', cancel);
      this.#pending.delete(id);
    }
  }

  /** Ends the process; a later task starts another. */
  stop(): void {
    this.#child?.kill('SIGKILL');
    this.#child = null;
  }

  #fork(): ChildProcess {
    const child = fork(compiledProgram(import.meta.dirname, 'entry.js'), [], {
      execArgv: ['--enable-source-maps'],
      env: workerEnvironment(process.env),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    try {
      if (child.pid !== undefined) setPriority(child.pid, this.#options.niceness);
    } catch {
      // It is gone already, which its exit tells, or the system does not allow it.
    }
    child.on('message', (raw) => this.#hear(raw));
    const end = (error: unknown): void => {
      if (this.#child === child) this.#child = null;
      for (const pending of this.#pending.values()) if (pending.child === child) pending.reject(error);
    };
    child.once('error', end);
    child.once('exit', (code, signal) => end(lost(code, signal)));
    return child;
  }

  #hear(raw: unknown): void {
    const message = fromProcessSchema.parse(raw);
    const pending = this.#pending.get(message.id);
    // Cancelled meanwhile.
    if (pending === undefined) return;
    switch (message.type) {
      case 'item':
        pending.onItem(message.value);
        break;
      case 'done':
        pending.resolve(message.output);
        break;
      case 'failed':
        pending.reject(new Failure(message.code, message.message, message.remedy));
        break;
      case 'broke': {
        const error = new Error(message.message);
        error.stack = message.stack;
        pending.reject(error);
      }
    }
  }
}

function send(child: ChildProcess, message: ToProcess): void {
  // The child may be gone already; its exit is what tells.
  if (child.connected) child.send(message, () => undefined);
}
