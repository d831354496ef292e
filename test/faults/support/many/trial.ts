// One trial with very many waiting jobs: the real server is started on them, killed while it runs some of them, and
// started again. Nothing may be missing, the order is exact, calls are answered, and what the server needs is measured:
// from its start as a process to its first readiness, and its resident memory beside that of an empty server.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { getJson, type JobJson, type ServerProcess, startServer, submitJob } from '../../../support/server-process.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import type { Tally } from '../trial/tally.ts';
import { type Filled, fillDatabase } from './filled-database.ts';

const slots = 10;
const flags = ['--max-concurrency', String(slots), '--settle-ms', '0', '--dry-run-duration', '1h'];
const mostMemoryAboveEmptyMiB = 200;
const longestStartMs = 10_000;

interface Started {
  server: ServerProcess;
  readyMs: number;
}

export interface ManyOptions {
  seed: number;
  jobs: number;
  /** Whether the time of a start is judged; on a machine that others use it is only recorded. */
  judgesTime: boolean;
  tally: Tally;
}

/** Gives back what did not hold. */
export async function trialOfMany({ seed, jobs, judgesTime, tally }: ManyOptions): Promise<string[]> {
  const folder = temporaryFolder();
  const servers: ServerProcess[] = [];
  const start = async (database: string): Promise<Started> => {
    const started = await startOn(join(folder.path, database));
    servers.push(started.server);
    return started;
  };
  try {
    const filled = await fillDatabase(join(folder.path, 'many.db'), jobs, seed);
    tally.count('jobs_waiting', jobs);
    const empty = await start('empty.db');
    const emptyMiB = await settledMiB(empty.server);
    await empty.server.kill('SIGTERM');
    tally.note('empty_start_ms', empty.readyMs);
    tally.note('empty_memory_mib', emptyMiB);
    const first = await start('many.db');
    const problems = await problemsOf(first.server, filled, 'after the first start');
    await first.server.kill('SIGKILL');
    const again = await start('many.db');
    problems.push(...(await problemsOf(again.server, filled, 'after the restart')));
    const aboveMiB = (await settledMiB(again.server)) - emptyMiB;
    tally.note('start_ms', first.readyMs);
    tally.note('restart_after_kill_ms', again.readyMs);
    tally.note('memory_above_empty_mib', aboveMiB);
    tally.note('peak_above_empty_mib', memoryMiB(again.server, 'VmHWM') - emptyMiB);
    await again.server.kill('SIGTERM');
    return [...problems, ...judged({ aboveMiB, judgesTime, readyMs: Math.max(first.readyMs, again.readyMs) })];
  } finally {
    await Promise.all(servers.map((server) => server.kill('SIGKILL')));
    folder.remove();
  }
}

function judged({
  aboveMiB,
  judgesTime,
  readyMs,
}: {
  aboveMiB: number;
  judgesTime: boolean;
  readyMs: number;
}): string[] {
  const problems: string[] = [];
  if (aboveMiB > mostMemoryAboveEmptyMiB)
    problems.push(`it needs ${Math.round(aboveMiB)} MiB more than an empty server`);
  if (judgesTime && readyMs > longestStartMs) problems.push(`a start took ${Math.round(readyMs)} ms`);
  return problems;
}

async function startOn(database: string): Promise<Started> {
  const begun = performance.now();
  const server = await startServer([...flags, '--store', `sqlite:${database}`]);
  await getJson(`${server.url}/readyz`);
  return { server, readyMs: performance.now() - begun };
}

/** The slots are full, all others wait in exact order, a new job finds its place and a cancel is obeyed. */
async function problemsOf({ url }: ServerProcess, { count, nameAt }: Filled, where: string): Promise<string[]> {
  const problems: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown): void => {
    if (String(found) !== String(expected)) problems.push(`${where} ${what} is ${found}, not ${expected}`);
  };
  const running = await untilRunning(url, slots);
  expect('the number of running jobs', running.length, slots);
  expect('what runs', running.join(), Array.from({ length: slots }, (_, place) => nameAt(place)).join());
  const { pending } = await getJson<{ pending: number }>(`${url}/health`);
  expect('the number of waiting jobs', pending, count - slots);
  const head = await namesIn(`${url}/jobs/pending`);
  expect('the head of the queue', head.join(), head.map((_, place) => nameAt(slots + place)).join());
  const answer = await submitJob(url, { name: 'the-last', priority: -1 });
  const { job_id: jobId, queue_position: position } = (await answer.json()) as JobJson & { queue_position: string };
  expect('the position of a job that comes last', position, count - slots);
  const cancel = await fetch(`${url}/jobs/${jobId}`, { method: 'DELETE' });
  expect('the answer to a cancel', cancel.status, 200);
  return problems;
}

async function untilRunning(url: string, count: number): Promise<string[]> {
  for (let look = 0; ; look += 1) {
    const names = await namesIn(`${url}/jobs/running`);
    if (names.length >= count || look === 100) return names;
    await delay(50);
  }
}

async function namesIn(url: string): Promise<string[]> {
  return (await getJson<JobJson[]>(url)).map(({ name }) => name);
}

const settleMs = 2_000;

async function settledMiB(server: ServerProcess): Promise<number> {
  await delay(settleMs);
  return memoryMiB(server, 'VmRSS');
}

function memoryMiB({ process: { pid } }: ServerProcess, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1_024;
}
