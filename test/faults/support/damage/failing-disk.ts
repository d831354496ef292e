// The real server while its disk fails under it, and after it works again. A client submits before, during and after; what
// it was answered is marked in the log of the disk. While the disk fails nothing is acknowledged and the server says so;
// when it works again so does the server, without help; and at no moment did anything that was acknowledged rest on a write
// that a failed fsync had left in doubt.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../../internal/platform/random.ts';
import { allPages } from '../../../support/load.ts';
import { type JobJson, type ServerProcess, startServer, submitJob } from '../../../support/server-process.ts';
import { DiskControl } from '../disk/disk-control.ts';
import { type DiskRecord, markDiskLog, readDiskLog } from '../disk/disk-log.ts';
import { DiskModel, nothingArrives } from '../disk/disk-model.ts';
import { shimEnvironment } from '../disk/disk-shim.ts';
import { checkImage, putImage } from '../power/image-check.ts';
import { AnswersWitness } from '../power/server-session.ts';
import type { Failure } from './failures.ts';

export interface FailingDiskResult {
  problems: string[];
  acknowledged: number;
  refused: number;
  /** Refused with 503 and there after a restart all the same. */
  storedThoughRefused: number;
  recoveryMs: number;
}

/** How much of the log a body fills, so that a checkpoint comes soon when the fault waits for one. */
const largeBody = { annotations: { 'example.com/text': 'x'.repeat(200_000) } };
const mostSubmissions = 400;
const longestRecoveryMs = 60_000;

export async function runOnFailingDisk(failure: Failure, folder: string, random: Random): Promise<FailingDiskResult> {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const unprepare = failure.prepare?.(disk);
  const log = join(folder, 'disk.log');
  const control = new DiskControl(join(folder, 'control'));
  try {
    const path = join(disk, 'jobs.db');
    const server = await startServer(flagsFor(path), shimEnvironment({ folder: disk, log, control: control.path }));
    const client = new Client(server, log, random);
    const { problems, recoveryMs } = await fail(failure, { server, client, control, disk });
    const there = await namesAfterRestart(path);
    const lost = client.acknowledged.filter((name) => !there.has(name)).map((name) => `${name} is lost`);
    const records = readDiskLog(log);
    return {
      problems: [...problems, ...lost, ...usesOfFailedHandles(records), ...answersInDoubt(records, folder)],
      acknowledged: client.acknowledged.length,
      refused: client.refused.length,
      storedThoughRefused: client.refused.filter((name) => there.has(name)).length,
      recoveryMs,
    };
  } finally {
    control.close();
    unprepare?.();
  }
}

interface Running {
  server: ServerProcess;
  client: Client;
  control: DiskControl;
  disk: string;
}

/** Before, while and after; then the server is killed. */
async function fail(
  failure: Failure,
  { server, client, control, disk }: Running,
): Promise<{ problems: string[]; recoveryMs: number }> {
  const problems: string[] = [];
  let recoveryMs = 0;
  try {
    for (let job = 0; job < 5; job += 1) await client.submit();
    failure.begin(control, disk);
    await untilRefused(client, failure.atCheckpoint ? largeBody : {});
    if (!failure.isOver) problems.push(...(await whileFailing(client)));
    failure.end(control, disk);
    recoveryMs = await untilAccepted(client);
  } catch (error) {
    problems.push(`${(error as Error).message}; the server says: ${server.stderr().slice(-2_000)}`);
  } finally {
    await server.kill('SIGKILL');
  }
  return { problems, recoveryMs };
}

async function namesAfterRestart(path: string): Promise<Set<string>> {
  const server = await startServer(flagsFor(path));
  const jobs = await allPages<JobJson>(server.url, '/jobs');
  await server.kill('SIGTERM');
  return new Set(jobs.map(({ name }) => name));
}

function flagsFor(path: string): string[] {
  const pace = ['--settle-ms', '0', '--dry-run-duration', '1h', '--max-concurrency', '1'];
  return [...pace, '--store', `sqlite:${path}`, '--log-level', 'error'];
}

class Client {
  readonly acknowledged: string[] = [];
  readonly refused: string[] = [];
  readonly #server: ServerProcess;
  readonly #log: string;
  readonly #random: Random;

  constructor(server: ServerProcess, log: string, random: Random) {
    this.#server = server;
    this.#log = log;
    this.#random = random;
  }

  /** True when it was accepted, false when it was refused with 503; throws for every other answer. */
  async submit(fields: object = {}): Promise<boolean> {
    const name = `job-${this.acknowledged.length + this.refused.length}`;
    const priority = Math.floor(this.#random.next() * 10);
    const response = await submitJob(this.#server.url, { name, priority, ...fields });
    if (response.status === 201) {
      const { job_id: jobId } = (await response.json()) as JobJson;
      markDiskLog(this.#log, JSON.stringify({ jobId, name, priority }));
      this.acknowledged.push(name);
      return true;
    }
    const { code } = (await response.json()) as { code?: string };
    if (response.status !== 503 || code !== 'store_unavailable' || !response.headers.get('retry-after')) {
      throw new Error(`a submission was answered with ${response.status} ${code}`);
    }
    this.refused.push(name);
    return false;
  }

  async status(path: string): Promise<number> {
    const response = await fetch(this.#server.url + path);
    await response.arrayBuffer();
    return response.status;
  }
}

async function untilRefused(client: Client, body: object): Promise<void> {
  for (let submission = 0; submission < mostSubmissions; submission += 1) {
    if (!(await client.submit(body))) return;
  }
  throw new Error(`${mostSubmissions} submissions were accepted on a disk that fails`);
}

async function whileFailing(client: Client): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, allowed] of [
    ['/health', [503]],
    ['/readyz', [503]],
    ['/livez', [200]],
    ['/jobs', [200, 503]],
    ['/jobs/pending', [200, 503]],
  ] as const) {
    const status = await client.status(path);
    if (!(allowed as readonly number[]).includes(status)) problems.push(`${path} was answered with ${status}`);
  }
  for (let submission = 0; submission < 3; submission += 1) {
    if (await client.submit()) problems.push('a submission was accepted while the disk failed');
    await delay(200);
  }
  return problems;
}

async function untilAccepted(client: Client): Promise<number> {
  const begun = performance.now();
  while (performance.now() - begun < longestRecoveryMs) {
    if (await client.submit()) return performance.now() - begun;
    await delay(50);
  }
  throw new Error(`nothing was accepted within ${longestRecoveryMs} ms after the disk worked again`);
}

/** After a failed sync of the log nothing is written or synced through the same descriptor until it is closed. */
export function usesOfFailedHandles(records: readonly DiskRecord[]): string[] {
  const failed = new Set<number>();
  const problems: string[] = [];
  for (const record of records) {
    if (!('fd' in record) || !record.name.endsWith('-wal')) continue;
    if (record.kind === 'close') failed.delete(record.fd);
    else if (record.kind === 'failed') failed.add(record.fd);
    else if (failed.has(record.fd)) problems.push(`the log was used (${record.kind}) through a handle that had failed`);
  }
  return problems;
}

/** Each answer must rest on writes that surely reached the disk. */
export function answersInDoubt(records: readonly DiskRecord[], folder: string): string[] {
  const disk = new DiskModel();
  const witness = new AnswersWitness();
  const problems: string[] = [];
  const last = records.findLastIndex(({ kind }) => kind === 'mark');
  const firstFailure = records.findIndex(({ kind }) => kind === 'failed');
  for (const [index, record] of records.entries()) {
    disk.take(record);
    if (record.kind !== 'mark') continue;
    witness.note(record.text);
    if (index < firstFailure && index < last) continue;
    const path = putImage(join(folder, 'image'), disk.image(nothingArrives));
    const problem = checkImage(path, witness.judge);
    if (problem) problems.push(`after a power cut at record ${index}: ${problem}`);
  }
  return problems;
}
