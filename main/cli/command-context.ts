/** What a command gets when it runs, and the options that all commands share. */

import type { Command } from 'commander';
import type { Output } from './output.ts';

export interface CommandContext {
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs a command's work; the number is the exit code. */
export type RunCommand = (work: (context: CommandContext) => Promise<number>) => Promise<void>;

/** Options of every command. They are read from the words before parsing, so that usage errors obey them too. */
export function addOutputOptions(command: Command): Command {
  return command
    .optionsGroup('Output:')
    .option('--json', 'one JSON object a line on standard output: events, then the report')
    .option('--verbose', 'show where in the program a failure came from');
}
