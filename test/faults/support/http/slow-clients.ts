// Thousands of slow clients in a process of their own: neither their descriptors nor their work are those of the process
// that measures the good clients.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SlowClientsWish {
  port: number;
  /** How many connections to hold at once. */
  count: number;
  openPerSecond: number;
  /** Bounds how many are opened in all, replacements included. */
  openAtMost: number;
  /** Each connection that drips sends a byte this often. */
  dripMs: number;
  /** Ends by itself then. */
  longestMs: number;
}

export interface SlowClientsStanding {
  opened: number;
  held: number;
  /** By the server. */
  ended: number;
  /** To connect. */
  failed: number;
  /** What was answered. */
  statuses: Record<string, number>;
}

export interface SlowClients {
  standing(): SlowClientsStanding;
  /** Resolves when it is so, or rejects after `timeoutMs`. */
  until(condition: (standing: SlowClientsStanding) => boolean, timeoutMs: number): Promise<void>;
  /** Closes all connections. */
  stop(): Promise<void>;
}

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const program = fileURLToPath(new URL('slow-clients-program.ts', import.meta.url));
const nothing: SlowClientsStanding = { opened: 0, held: 0, ended: 0, failed: 0, statuses: {} };

export function startSlowClients(wish: SlowClientsWish): SlowClients {
  const child = spawn(process.execPath, ['--import', loader, program, JSON.stringify(wish)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let standing = nothing;
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    const last = lines.at(-1);
    if (last) standing = JSON.parse(last) as SlowClientsStanding;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    standing: () => standing,
    async until(condition, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (!condition(standing)) {
        const gone = child.exitCode !== null || performance.now() > deadline;
        if (gone) throw new Error(`the slow clients did not get there: ${JSON.stringify(standing)}`);
        await new Promise((resolve) => child.stdout.once('data', resolve));
      }
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
