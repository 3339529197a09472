/**
 * The host as a child process: on the Node that is shipped beside the app, or, where that is missing, as a utility
 * process of Electron.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { HostCommand } from '../../../contract/rpc/host-channel.ts';

/** Why a child is gone. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Set when it never started. */
  readonly error?: Error;
}

export interface HostChild {
  readonly pid: number | undefined;
  /** Messages to a child that is gone are dropped. */
  send(command: HostCommand): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The last lines of what it wrote to standard error. */
  lastWords(): string;
  /** Called once, when it has ended or could not be started. */
  onExit(listener: (exit: ChildExit) => void): void;
  /** Ends it at once. */
  kill(): void;
}

export interface HostProgram {
  /** The plain Node, absent or not. */
  readonly node: string;
  /** The compiled main/host/entry.ts. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** The part of Electron's `utilityProcess` that is used. */
export interface UtilityProcessLike {
  fork(
    entry: string,
    args: string[],
    options: { serviceName: string; env: Record<string, string>; stdio: 'pipe' },
  ): UtilityChildLike;
}

export interface UtilityChildLike {
  readonly pid?: number | undefined;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

const keptLines = 20;

/** Follows a stream of text: passes it on to our own standard error and keeps its last lines. */
function followErrors(stream: NodeJS.ReadableStream | null | undefined): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer | string) => {
    process.stderr.write(chunk);
    text = `${text}${chunk}`.split('\n').slice(-keptLines).join('\n');
  });
  return () => text.trim();
}

/**
 * What a child inherits of our environment: not what changes how Node or Electron start, which was meant for us or
 * comes from whoever started us.
 */
export function childEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:NODE_|ELECTRON_|LD_PRELOAD$|DYLD_)/i.test(name)),
  );
}

function forkNode({ node, entry, args, environment }: HostProgram): HostChild {
  const child: ChildProcess = fork(entry, [...args], {
    execPath: node,
    execArgv: [],
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const lastWords = followErrors(child.stderr);
  let gone = false;
  return {
    pid: child.pid,
    send: (command) => {
      if (child.connected) child.send(command, () => undefined);
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    lastWords,
    onExit: (listener) => {
      const end = (exit: ChildExit) => {
        if (gone) return;
        gone = true;
        listener(exit);
      };
      child.on('error', (error) => {
        // Also raised for a message that could not be sent; only a child without a process never started.
        if (child.pid === undefined) end({ code: null, signal: null, error });
      });
      // `close` comes after the last words have been read, `exit` before.
      child.on('close', (code, signal) => end({ code, signal }));
    },
    kill: () => {
      child.kill('SIGKILL');
    },
  };
}

function forkUtility(utility: UtilityProcessLike, { entry, args, environment }: HostProgram): HostChild {
  const env = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const child = utility.fork(entry, [...args], { serviceName: 'Engine Room host', env, stdio: 'pipe' });
  return {
    get pid() {
      return child.pid;
    },
    send: (command) => child.postMessage(command),
    onMessage: (listener) => {
      child.on('message', listener);
    },
    lastWords: followErrors(child.stderr),
    onExit: (listener) => {
      child.on('exit', (code) => listener({ code, signal: null }));
    },
    kill: () => {
      child.kill();
    },
  };
}

/**
 * Starts the host.
 * @param utility Electron's `utilityProcess`, undefined before Electron 22
 * @throws Error when neither the plain Node nor a utility process is there
 */
export function launchHost(program: HostProgram, utility: UtilityProcessLike | undefined): HostChild {
  if (existsSync(program.node)) return forkNode(program);
  if (utility) return forkUtility(utility, program);
  throw new Error(`${program.node} is missing`);
}
