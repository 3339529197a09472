/** The program of a process that works on images: forked by task-process.ts, never started by hand. */

import { isFailure } from '../../../../core/base/failure.ts';
import { type FromProcess, toProcessSchema } from './messages.ts';
import { tasks } from './tasks.ts';

// Inputs differ from task to task; the sender of a `start` message is typed (task-process.ts).
type AnyTask = (
  input: never,
  work: { readonly signal: AbortSignal; emit(item: unknown): void },
) => Promise<unknown>;
const tasksByName = new Map<string, AnyTask>(Object.entries(tasks));
const running = new Map<number, AbortController>();

function send(message: FromProcess): void {
  // Without a parent there is nobody to tell, and `disconnect` ends this process.
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}

function ending(id: number, error: unknown): FromProcess {
  if (isFailure(error)) {
    return { type: 'failed', id, code: error.code, message: error.message, remedy: error.remedy };
  }
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { type: 'broke', id, message: error instanceof Error ? error.message : String(error), stack };
}

async function start(id: number, name: string, input: unknown): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const task = tasksByName.get(name);
    if (task === undefined) throw new Error(`there is no task ${name}`);
    const output = await task(input as never, {
      signal: controller.signal,
      emit: (value) => send({ type: 'item', id, value }),
    });
    send({ type: 'done', id, output });
  } catch (error) {
    send(ending(id, error));
  } finally {
    running.delete(id);
  }
}

process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches the whole process group; the host decides.
process.on('SIGINT', () => undefined);
process.on('message', (raw) => {
  const message = toProcessSchema.parse(raw);
  if (message.type === 'cancel') running.get(message.id)?.abort();
  else void start(message.id, message.task, message.input);
});
