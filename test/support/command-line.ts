// The client's commands inside the test's own process: what they print and their exit code. Pauses pass at once.

import { randomUUID } from 'node:crypto';
import type { Io, TextStream } from '../../cmd/kubejobs/cli/io.ts';
import { runCommandLine } from '../../cmd/kubejobs/main.ts';

export interface CommandLineOptions {
  environment?: Record<string, string>;
  stdin?: string;
  /** Whether a person looks at stdout and stderr. */
  terminal?: boolean;
  columns?: number;
  rows?: number;
  now?: () => number;
  signal?: AbortSignal;
  /** Nobody waits otherwise. */
  pausesFor?: 'as long as asked';
}

export interface CommandLineResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface StartedCommandLine {
  ended: Promise<CommandLineResult>;
  stdout(): string;
  stderr(): string;
}

export function startCommandLine(
  words: readonly string[],
  {
    environment = {},
    stdin = '',
    terminal = false,
    columns,
    rows,
    now = Date.now,
    signal,
    pausesFor,
  }: CommandLineOptions = {},
): StartedCommandLine {
  const printed = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): TextStream => ({
    isTTY: terminal,
    columns,
    rows,
    write: (text) => {
      printed[name] += text;
      return true;
    },
  });
  let code = 0;
  const io: Io = {
    environment: { KUBEJOBS_CONFIG: '/nowhere/kubejobs.yaml', ...environment },
    stdin: bytesOf(stdin),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    drained: async () => {},
    now,
    random: () => 0,
    uuid: randomUUID,
    pause: (ms) =>
      new Promise((resolve) => {
        if (pausesFor === undefined) setImmediate(resolve);
        else setTimeout(resolve, ms);
      }),
    signal,
    exit: (given) => {
      code = given;
    },
  };
  const ended = runCommandLine(words, io).then(() => ({ code, ...printed }));
  return { ended, stdout: () => printed.stdout, stderr: () => printed.stderr };
}

export function commandLine(words: readonly string[], options?: CommandLineOptions): Promise<CommandLineResult> {
  return startCommandLine(words, options).ended;
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}
