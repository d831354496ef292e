// What a command touches of the machine: its streams, its environment, the clock and chance. Commands are given it, so
// that a test runs them inside its own process. It decides nothing.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../../internal/platform/environment.ts';

export interface TextStream {
  write(text: string): boolean;
  /** Whether a person looks at it. */
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  rows?: number | undefined;
}

export interface Io {
  environment: Environment;
  stdin: AsyncIterable<Uint8Array>;
  /** Results, and nothing else. */
  stdout: TextStream;
  /** Progress and mistakes. */
  stderr: TextStream;
  /** Resolves when stdout takes more. */
  drained(): Promise<void>;
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  uuid(): string;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends commands that would go on for ever; a person's interrupt ends the process by itself. */
  signal?: AbortSignal | undefined;
  exit(code: number): void;
}

export function processIo(): Io {
  return {
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    drained: async () => void (await once(process.stdout, 'drain')),
    now: Date.now,
    random: Math.random,
    uuid: randomUUID,
    pause: async (ms, signal) => {
      await sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => {});
    },
    exit: (code) => {
      process.exitCode = code;
    },
  };
}

/** Waits for a slow reader instead of filling memory. */
export async function write(io: Io, text: string): Promise<void> {
  if (!io.stdout.write(text)) await io.drained();
}

export function note(io: Io, line: string): void {
  io.stderr.write(`${oneLine(line)}\n`);
}

/** Whoever wrote it has no business with the reader's terminal. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
