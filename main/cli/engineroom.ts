#!/usr/bin/env node
/** The entry of the `engineroom` command. */

import { runCommandLine } from './program.ts';

// A reader that went away (`engineroom ... --json | head`) is no reason for a stack trace.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(141);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), process);
// What is still in the pipes goes out first; timers and threads of libraries must not keep the program alive.
await Promise.all(
  [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))),
);
process.exit(exitCode);
