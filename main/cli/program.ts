/** The `engineroom` command: parses the words, runs the command, turns every failure into a sentence and an exit code. */

import { Command, CommanderError } from 'commander';
import { Failure, isFailure } from '../../core/base/failure.ts';
import { engineRoomVersion } from '../../core/conversion/environment.ts';
import type { RunCommand } from './command-context.ts';
import { addBenchmark } from './commands/benchmark.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addCompare } from './commands/compare.ts';
import { addConvert } from './commands/convert.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addInspect } from './commands/inspect.ts';
import { addServe } from './commands/serve.ts';
import { exitCodes } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { createOutput, type Output, type Streams } from './output.ts';

function createProgram(run: RunCommand, streams: Streams): Command {
  const program = new Command('engineroom')
    .description('Turns ONNX detectors into FP32, FP16 and INT8 engines and measures them side by side.')
    .version(engineRoomVersion(), '--version', 'show the version')
    .helpOption('--help', 'show help')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad usage or bad input, 130 cancelled.\n"engineroom COMMAND --help" explains a command.',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      // Usage errors are told by `usageFailure`, in the same form as all others.
      writeErr: () => {},
    });
  for (const add of [
    addDoctor,
    addInspect,
    addConvert,
    addCalibrate,
    addEvaluate,
    addBenchmark,
    addCompare,
    addExport,
    addServe,
  ]) {
    add(program, run);
  }
  return program;
}

/** Commander's `error: unknown option '--x'` as a sentence, with where to look. */
function usageFailure(error: CommanderError, words: readonly string[], program: Command): Failure {
  const command = program.commands.find((candidate) => candidate.name() === words[0]);
  const help = `engineroom ${command ? `${command.name()} ` : ''}--help`;
  const [first = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const hint = hints.map((line) => line.replace(/^\((.*)\)$/, '$1').trim()).filter((line) => line !== '');
  const sentence = error.code === 'commander.help' ? 'no command is given' : first;
  return new Failure(
    'bad-usage',
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/[.]?$/, '.')}`,
    [...hint, `"${help}" lists what there is.`].join(' '),
  );
}

/** Anything that is no `Failure` is a bug, and says so. */
function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure(
    'internal',
    `Engine Room made a mistake: ${message.split('\n')[0]}`,
    'Run it again with --verbose and report what it says.',
    { cause: error },
  );
}

function detailsOf(error: unknown): string | undefined {
  const stacks: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause) stacks.push(e.stack ?? e.message);
  return stacks.length > 0 ? stacks.join('\ncaused by ') : undefined;
}

function tell(error: unknown, output: Output): number {
  const failure = asFailure(error);
  output.failure(failure, detailsOf(error));
  return exitCodes[failure.code];
}

/**
 * Runs one command line.
 * @param words what was typed after `engineroom`
 * @returns the exit code; everything that is to be said has been written to the streams
 */
export async function runCommandLine(words: readonly string[], streams: Streams): Promise<number> {
  const output = createOutput(streams, {
    json: words.includes('--json'),
    verbose: words.includes('--verbose'),
  });
  using interruption = new Interruption();
  let exitCode = 0;
  const program = createProgram(async (work) => {
    exitCode = await work({ output, signal: interruption.signal });
  }, streams);
  try {
    if (words.length === 0) throw new CommanderError(2, 'commander.help', 'no command');
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      return tell(usageFailure(error, words, program), output);
    }
    return tell(error, output);
  }
}
