// Rows for tests of the stores: each builder shows only what matters to its test.
import { type Commit, emptyCommit, type Store } from '../../internal/store/store.ts';
import type { Attempt, Job } from '../../pkg/models/index.ts';

/** The nth id: a UUIDv7 in form, and one that a reader of a failed test can tell from the others. */
export function idOf(number: number): string {
  return `019c0000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** The nth job, as it is accepted. */
export function storedJob(sequence: number, fields: Partial<Job> = {}): Job {
  return {
    jobId: idOf(sequence),
    sequence,
    name: `job${sequence}`,
    priority: 0,
    queue: 'default',
    workload: { image: 'busybox', args: ['a "quoted" wörd'] },
    state: 'pending',
    attempt: 0,
    createdAt: 1_000 + sequence,
    ...fields,
  };
}

export function storedAttempt(attempt: number, fields: Partial<Attempt> = {}): Attempt {
  return {
    attempt,
    dispatchSequence: attempt,
    dispatchedAt: 2_000,
    workload: { kind: 'Job', namespace: 'default', name: `workload-${attempt}` },
    creation: 'requested',
    ...fields,
  };
}

export function commitOf(rows: Partial<Commit>): Commit {
  return { ...emptyCommit(), ...rows };
}

/** Commits the jobs, and their attempts where they have one. */
export async function insertJobs(store: Store, ...jobs: Job[]): Promise<void> {
  await store.commit(commitOf({ inserts: jobs }));
}
