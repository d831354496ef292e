// Submissions through the engine alone, without HTTP: so many callers who each submit again as soon as they are answered.
// Beside it the same rows through the same store by a bare group commit, which is the limit: what the engine adds (ids,
// order, turns, answers, metrics) is the difference. Rounds of both alternate in one process.
// Usage: npx tsx test/bench/engine.ts [--store memory|sqlite] [--callers 64] [--submissions 200000] [--rounds 3]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Engine } from '../../internal/engine/engine.ts';
import { systemClock } from '../../internal/platform/clock.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { prometheusMetrics } from '../../internal/platform/prometheus.ts';
import { systemRandom } from '../../internal/platform/random.ts';
import { openStore } from '../../internal/store/open.ts';
import { emptyCommit, type Store } from '../../internal/store/store.ts';
import type { Job, JobSubmission } from '../../pkg/models/index.ts';
import { median, printTable } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    callers: { type: 'string', default: '64' },
    submissions: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
  },
});
const callers = Number(values.callers);
const submissions = Number(values.submissions);
const clock = systemClock();
const random = systemRandom();
const folder = mkdtempSync(join(tmpdir(), 'kubejobs-bench-'));
let databases = 0;

type Submit = (submission: JobSubmission) => Promise<unknown>;

function submissionOf(number: number): JobSubmission {
  return { name: `job-${number % 1_000}`, priority: (number * 7_919) % 100, queue: 'default', workload: {} };
}

/** Submissions a second. */
async function rate(submit: Submit): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < submissions) {
      next += 1;
      await submit(submissionOf(next));
    }
  };
  const begun = clock.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return (submissions / (clock.now() - begun)) * 1_000;
}

function open(kind: string): Promise<Store> {
  databases += 1;
  const spec = kind === 'memory' ? 'memory' : `sqlite:${join(folder, `${databases}.db`)}`;
  return openStore(spec, { clock, random, logger: silentLogger });
}

async function throughEngine(store: Store): Promise<number> {
  const engine = new Engine({
    ...{ store, clock, random, logger: silentLogger, metrics: prometheusMetrics() },
    settings: { maxConcurrency: 2, settleMs: 100, jobTtlMs: 3_600_000 },
    nameWorkload: (job, attempt) => ({ kind: 'Job', namespace: 'default', name: `${job.name}-${attempt}` }),
    release: () => {},
    resync: () => {},
  });
  await engine.start();
  engine.report({ kind: 'cluster_reachability_changed', at: clock.now(), reachable: true });
  const found = await rate((submission) => engine.submit(submission));
  await engine.stop();
  return found;
}

/** What arrives during a commit shares the next: the same batches, and nothing else. */
async function throughStoreAlone(store: Store): Promise<number> {
  let waiting: Array<{ job: Job; resolve: () => void }> = [];
  let busy = false;
  let sequence = 0;
  const commitAll = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await store.commit({ ...emptyCommit(), inserts: batch.map(({ job }) => job) });
      for (const { resolve } of batch) resolve();
      await Promise.resolve(); // those who were answered submit again, and share the next commit
    }
    busy = false;
  };
  return rate((submission) => {
    sequence += 1;
    const at = Math.floor(clock.now());
    const job: Job = { jobId: random.uuid(at), sequence, state: 'pending', attempt: 0, createdAt: at, ...submission };
    return new Promise<void>((resolve) => {
      waiting.push({ job, resolve });
      if (!busy) void commitAll();
    });
  });
}

async function measure(kind: string): Promise<string[]> {
  const sides = { engine: throughEngine, alone: throughStoreAlone };
  const rates = { engine: [] as number[], alone: [] as number[] };
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const side of ['alone', 'engine'] as const) {
      const store = await open(kind);
      rates[side].push(await sides[side](store));
      await store.close();
    }
  }
  const [engine, alone] = [median(rates.engine), median(rates.alone)];
  return [kind, `${Math.round(engine)}/s`, `${Math.round(alone)}/s`, (engine / alone).toFixed(2)];
}

try {
  const rows = [['store', 'engine', 'store alone', 'ratio']];
  for (const kind of values.store ? [values.store] : ['memory', 'sqlite']) rows.push(await measure(kind));
  printTable(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
