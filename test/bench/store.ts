// How fast the SQLite store commits and loads: `npx tsx test/bench/store.ts [folder]`, on the disk of that folder.
// Prints medians; only ratios of one run count, since disks and neighbours differ.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { openSqliteStore } from '../../internal/store/sqlite/sqlite-store.ts';
import { emptyCommit, type Store } from '../../internal/store/store.ts';
import type { Job } from '../../pkg/models/index.ts';

const repetitions = 5;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'kubejobs-bench-'));

function jobs(first: number, count: number): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    jobId: uuid(),
    sequence: first + index,
    name: `job${index % 5_000}`,
    priority: index % 10,
    queue: 'default',
    workload: { image: 'busybox', command: ['sh', '-c', 'echo hello'] },
    state: 'pending',
    attempt: 0,
    createdAt: Date.now() + 0.25,
  }));
}

async function insert(store: Store, all: readonly Job[], perCommit: number): Promise<void> {
  for (let at = 0; at < all.length; at += perCommit) {
    await store.commit({ ...emptyCommit(), inserts: all.slice(at, at + perCommit) });
  }
}

/** A dispatch and its end: the state changes twice, with history. */
async function runThrough(store: Store, all: readonly Job[], perCommit: number): Promise<void> {
  for (let at = 0; at < all.length; at += perCommit) {
    const batch = all.slice(at, at + perCommit);
    const startedAt = Date.now();
    await store.commit({
      ...emptyCommit(),
      attempts: batch.map(({ jobId, name, sequence }) => ({
        jobId,
        attempt: {
          attempt: 1,
          dispatchSequence: sequence,
          dispatchedAt: startedAt,
          workload: { kind: 'Job', namespace: 'default', name },
          creation: 'requested',
        },
      })),
      jobChanges: batch.map(({ jobId }) => ({
        jobId,
        set: { state: 'running', reason: 'creating', attempt: 1, startedAt },
      })),
      timeline: batch.map(({ jobId }) => ({ jobId, entry: { at: startedAt, state: 'running', attempt: 1 } })),
    });
    await store.commit({
      ...emptyCommit(),
      jobChanges: batch.map(({ jobId }) => ({
        jobId,
        set: { state: 'succeeded', reason: null, finishedAt: startedAt },
      })),
      attemptChanges: batch.map(({ jobId }) => ({
        jobId,
        attempt: 1,
        set: { finishedAt: startedAt, outcome: 'succeeded', exitCode: 0, cleanupAt: startedAt },
      })),
      timeline: batch.map(({ jobId }) => ({ jobId, entry: { at: startedAt, state: 'succeeded' } })),
    });
  }
}

let files = 0;

async function withStore<Value>(use: (store: Store, path: string) => Promise<Value>): Promise<Value> {
  files += 1;
  const path = join(folder, `bench ${files}.db`);
  const store = await openSqliteStore({ path, newId: uuid });
  try {
    return await use(store, path);
  } finally {
    await store.close();
    for (const suffix of ['', '-wal', '-shm', '.lock']) rmSync(path + suffix, { force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function median(measure: () => Promise<number>, times = repetitions): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < times; time += 1) values.push(await measure());
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

function say(what: string, value: number, unit: string): void {
  const number = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
  console.log(`${what.padEnd(52)} ${number.padStart(10)} ${unit}`);
}

async function benchCommits(): Promise<void> {
  for (const [perCommit, count] of [
    [1, 4_000],
    [64, 64_000],
    [200, 100_000],
    [1_000, 200_000],
  ] as const) {
    const all = jobs(1, count);
    const cpu: number[] = [];
    const inserted = await median(() =>
      withStore(async (store) => {
        const before = process.cpuUsage();
        const taken = await seconds(() => insert(store, all, perCommit));
        const { user, system } = process.cpuUsage(before);
        cpu.push((user + system) / count);
        return taken;
      }),
    );
    say(`inserts, ${perCommit} per commit`, count / inserted, 'jobs/s');
    say('  CPU of both threads', cpu.sort((a, b) => a - b)[Math.floor(cpu.length / 2)] as number, 'µs a job');
  }
  const all = jobs(1, 32_000);
  const run = await median(() =>
    withStore(async (store) => {
      await insert(store, all, 1_000);
      return seconds(() => runThrough(store, all, 64));
    }),
  );
  say('dispatch and end of a job, 64 per commit', all.length / run, 'jobs/s');
}

async function benchReads(count: number): Promise<void> {
  await withStore(async (store, path) => {
    await insert(store, jobs(1, count), 1_000);
    const load = await median(() => seconds(() => store.load()));
    say(`load of ${count.toLocaleString('en')} pending jobs`, load * 1000, 'ms');
    const list = await median(() => seconds(async () => store.reader.list({}, 100)));
    say('  list, 100 newest', list * 1000, 'ms');
    const named = await median(() =>
      seconds(async () => store.reader.list({ name: 'job7', states: ['pending'] }, 100)),
    );
    say('  list, 100 newest of a name', named * 1000, 'ms');
    const queue = await median(() => seconds(async () => store.reader.list({ queue: 'default' }, 100)));
    say('  list, 100 newest of the default queue', queue * 1000, 'ms');
    const none = await median(() => seconds(async () => store.reader.list({ name: 'job7', queue: 'default' }, 1_000)));
    say('  list, 1,000 newest of a name in the default queue', none * 1000, 'ms');
    const reopened = await median(() => seconds(() => store.reopen()));
    say('  open again: checks, and a proven write', reopened * 1000, 'ms');
    await store.close();
    const opened = await median(() =>
      seconds(async () => {
        const again = await openSqliteStore({ path, newId: uuid });
        await again.close();
      }),
    );
    say('  open and close from source', opened * 1000, 'ms');
  });
}

try {
  console.log(`node ${process.version}, medians of ${repetitions}`);
  await benchCommits();
  await benchReads(100_000);
  await benchReads(1_000_000);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
