// The database that trials poison: jobs in each state, as a server leaves them that is killed. Three hold a slot, and
// their workloads are on the cluster.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../../../../internal/store/sqlite/sqlite-store.ts';
import { workloadName } from '../../../../pkg/kubernetes/naming.ts';
import type { Attempt, Job } from '../../../../pkg/models/index.ts';
import { commitOf, idOf, insertJobs, storedAttempt, storedJob } from '../../../support/store-builders.ts';

/** When the simulated server was killed. */
export const killedAt = Date.UTC(2027, 0, 1);
export const poisonQueueId = '7d444840-9dc0-4bb1-b5d1-0000000013aa';

export const finished = [1, 2, 3];
export const running = [4, 5, 6];
export const pending = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
export const held = 17;
export const scheduled = 18;
export const blocked = 19;
/** What the blocked job waits for. */
export const waitedFor = 7;
export const allJobs = [...finished, ...running, ...pending, held, scheduled, blocked];

export interface SoundDatabase {
  jobs: ReadonlyMap<number, Job>;
  attempts: ReadonlyMap<number, Attempt>;
  /** Writes a fresh copy and gives back its path. */
  copyTo(folder: string): string;
}

export interface SoundOptions {
  /** When the server was killed. */
  killedAtMs?: number;
  /** Multiplies how long things take. */
  pace?: number;
}

export async function soundDatabase(
  folder: string,
  { killedAtMs = killedAt, pace = 1 }: SoundOptions = {},
): Promise<SoundDatabase> {
  const path = join(folder, 'sound.db');
  const jobs = new Map(allJobs.map((number) => [number, jobOf(number, killedAtMs, pace)]));
  const attempts = new Map(
    [...finished, ...running].map((number) => [number, attemptOf(jobs.get(number) as Job, killedAtMs)]),
  );
  const store = await openSqliteStore({ path, newId: () => poisonQueueId, cluster: 'simulated' });
  await insertJobs(store, ...jobs.values());
  await store.commit(
    commitOf({
      attempts: [...attempts].map(([number, attempt]) => ({ jobId: idOf(number), attempt })),
      jobChanges: [...attempts.keys()].map((number) => ({
        jobId: idOf(number),
        set: { state: 'running', attempt: 1 },
      })),
      timeline: [...attempts].map(([number, { attempt, dispatchedAt: at }]) => ({
        jobId: idOf(number),
        entry: { at, state: 'running', attempt },
      })),
    }),
  );
  await store.commit(
    commitOf({
      jobChanges: finished.map((number) => ({
        jobId: idOf(number),
        set: { state: 'succeeded', exitCode: 0, finishedAt: killedAtMs - 1_000 },
      })),
      attemptChanges: finished.map((number) => ({
        jobId: idOf(number),
        attempt: 1,
        set: { finishedAt: killedAtMs - 1_000, outcome: 'succeeded', exitCode: 0, cleanupAt: killedAtMs + 60_000 },
      })),
      timeline: finished.map((number) => ({
        jobId: idOf(number),
        entry: { at: killedAtMs - 1_000, state: 'succeeded' },
      })),
    }),
  );
  await store.close();
  return {
    jobs,
    attempts,
    copyTo: (target) => {
      const copy = join(target, 'poisoned.db');
      copyFileSync(path, copy);
      return copy;
    },
  };
}

function jobOf(number: number, killedAtMs: number, pace: number): Job {
  return storedJob(number, {
    createdAt: killedAtMs - 60_000 + number,
    priority: (number * 7) % 4,
    labels: { team: `team-${number % 3}` },
    annotations: {
      'kubejobs.io/simulate-duration': `${(5_000 + number * 1_000) * pace}ms`,
      'kubejobs.io/simulate-exit-code': number % 3 === 2 ? '3' : '0',
    },
    ...conditionsOf(number, killedAtMs + 90_000 * pace),
  });
}

function conditionsOf(number: number, startAt: number): Partial<Job> {
  if (number === held) return { state: 'held', reason: 'held_by_user', held: true };
  if (number === scheduled) return { state: 'scheduled', reason: 'start_after', startAt };
  if (number !== blocked) return {};
  return { state: 'blocked', reason: 'waiting_for_jobs', waitsFor: [{ jobId: idOf(waitedFor), on: 'finish' }] };
}

function attemptOf({ name, jobId, sequence }: Job, killedAtMs: number): Attempt {
  const workload = {
    kind: 'Job',
    namespace: 'default',
    name: workloadName(name, jobId, 1),
    uid: `uid-${sequence}`,
  } as const;
  return storedAttempt(1, { dispatchSequence: sequence, dispatchedAt: killedAtMs - 2_000, workload, creation: 'made' });
}
