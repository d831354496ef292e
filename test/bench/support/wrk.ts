// Runs wrk (Debian's package of that name) and reads its figures.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface LoadFigures {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Answers that were no 2xx or 3xx, and connections that failed. */
  errors: number;
}

const unitMs: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** Throws when wrk is missing or its output has no rate. */
export async function wrk(
  url: string,
  options: { connections: number; seconds: number; script?: string; headers?: Readonly<Record<string, string>> },
): Promise<LoadFigures> {
  const flags = ['-t1', `-c${options.connections}`, `-d${options.seconds}s`, '--latency', '--timeout', '10s'];
  for (const [name, value] of Object.entries(options.headers ?? {})) flags.push('-H', `${name}: ${value}`);
  if (options.script) flags.push('-s', options.script);
  const { stdout } = await promisify(execFile)('wrk', [...flags, url]).catch((error: Error) => {
    throw new Error(`wrk could not run (Debian: apt-get install wrk): ${error.message}`);
  });
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1];
  if (!rate) throw new Error(`wrk printed no rate:\n${stdout}`);
  return {
    requestsPerSecond: Number(rate),
    p50Ms: latency(stdout, '50'),
    p99Ms: latency(stdout, '99'),
    errors: errorsOf(stdout),
  };
}

function latency(output: string, percent: string): number {
  const match = new RegExp(`${percent}%\\s+([\\d.]+)(us|ms|s|m)`).exec(output);
  return match ? Number(match[1]) * (unitMs[match[2] as string] as number) : Number.NaN;
}

function errorsOf(output: string): number {
  const bad = Number(/Non-2xx or 3xx responses:\s+(\d+)/.exec(output)?.[1] ?? 0);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  return bad + (sockets ? sockets.slice(1).reduce((sum, count) => sum + Number(count), 0) : 0);
}
