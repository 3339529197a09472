/** `engineroom serve`: the host with the web interface, for a machine without a screen. */

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Failure } from '../../../core/base/failure.ts';
import { addOutputOptions, type CommandContext, type RunCommand } from '../command-context.ts';
import { parseWhole } from '../command-line.ts';
import { hasSqlite, interruptionByParent, runOnNewerNode } from '../newer-node.ts';

interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly dataDir?: string;
  readonly root?: string[];
  readonly allowHost: string[];
}

const loopback = /^(?:localhost|127\.[\d.]+|::1)$/;

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

function warnOfOpenNetwork({ output }: CommandContext, host: string): void {
  output.note({
    severity: 'warning',
    code: 'open-network',
    message: `Everybody who reaches ${host} and has the address below with its token can read and write the folders of this host; nothing on the way is encrypted.`,
    tip: 'On a network that you do not trust, leave --host out and use "ssh -L 7420:127.0.0.1:7420 THIS_MACHINE".',
  });
}

async function runServe(options: ServeOptions, context: CommandContext): Promise<number> {
  if (options.port > 65_535) {
    throw new Failure('bad-usage', `--port ${options.port} is no port.`, 'Choose one from 0 to 65535.');
  }
  if (!hasSqlite()) return runOnNewerNode(context.signal);
  const interrupted = AbortSignal.any([context.signal, interruptionByParent()]);
  const { startHost } = await import('../../host/host.ts');
  const { defaultDataFolder } = await import('../../host/data-folder.ts');
  // In a container the account's home need not exist.
  const roots = options.root ?? [homedir(), process.cwd()].filter((folder) => existsSync(folder));
  const host = await startHost({
    dataFolder: resolve(options.dataDir ?? defaultDataFolder()),
    roots: [...new Set(roots.map((root) => resolve(root)))],
    http: {
      host: options.host,
      port: options.port,
      allowedHosts: options.allowHost,
      allowedOrigins: [],
    },
    onProblem: (error) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    },
  });
  if (!loopback.test(options.host)) warnOfOpenNetwork(context, options.host);
  context.output.report({ command: 'serve', url: host.url, port: host.port }, [
    `Engine Room is at ${host.url}`,
  ]);
  await ended(interrupted);
  await host.close();
  return 0;
}

const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

export function addServe(program: Command, run: RunCommand): void {
  const command = program
    .command('serve')
    .summary('serve the window to browsers and to the desktop elsewhere')
    .description(
      'Starts the host and serves its window in a browser, for a machine without a screen. Prints the address with the token that lets in; ends with Ctrl-C. A run that is under way then is marked as interrupted and can be repeated.',
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 for all of this machine', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 for any free one', parseWhole, 7420)
    .option(
      '--data-dir <folder>',
      "folder for runs, uploads and caches (default: the system's place for program data)",
    )
    .option(
      '--root <folder>',
      'folder below which models, images and outputs may lie; may be repeated (default: your home folder and the current one)',
      collect,
    )
    .option(
      '--allow-host <name>',
      'another name that browsers may reach this host by; may be repeated',
      collect,
      [],
    );
  addOutputOptions(command).action((options: ServeOptions) => run((context) => runServe(options, context)));
}
