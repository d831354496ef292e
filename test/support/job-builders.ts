// Rows with only what a test names; the rest is the smallest valid thing.
import type { Attempt, Job, JobSubmission } from '../../pkg/models/index.ts';
import { idOf } from './core-builders.ts';

export function aSubmission(name = 'a', submission: Partial<JobSubmission> = {}): JobSubmission {
  return { name, priority: 0, queue: 'default', workload: {}, ...submission };
}

export function aJob(name = 'a', job: Partial<Job> = {}): Job {
  return { ...aSubmission(name), jobId: idOf(name), sequence: 1, state: 'pending', attempt: 0, createdAt: 0, ...job };
}

export function anAttempt(attempt: Partial<Attempt> = {}): Attempt {
  const workload = { kind: 'Job', namespace: 'default', name: 'w' } as const;
  return { attempt: 1, dispatchSequence: 1, dispatchedAt: 0, workload, creation: 'requested', ...attempt };
}
