/** `engineroom doctor`: what this machine has, what works on it, and what that means for FP16 and INT8. */

import type { Command } from 'commander';
import { describeMachine } from '../../../core/conversion/machine.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { formatFacts } from '../text-table.ts';

async function runDoctor({ output }: CommandContext): Promise<number> {
  const { cpu, memory, parts, checks } = await describeMachine();
  const lines = formatFacts(
    checks.map(({ name, state, detail, remedy }): [string, string] => {
      // Only of a part is it in doubt whether it works.
      if (!parts.some((part) => part.name === name)) return [name, detail];
      return [name, state === 'ok' ? `works, ${detail}` : `DOES NOT WORK: ${detail}\n${remedy}`];
    }),
  );
  output.report({ command: 'doctor', cpu, memory, parts, node: process.versions.node }, lines);
  return parts.every((part) => part.works) ? 0 : 1;
}

export function addDoctor(program: Command, run: RunCommand): void {
  const command = program
    .command('doctor')
    .summary('show what this machine has and what works on it')
    .description(
      'Shows processor, memory and libraries, loads each part once, and says what to do where one fails.',
    );
  addOutputOptions(command).action(() => run(runDoctor));
}
