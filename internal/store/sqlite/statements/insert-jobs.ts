import type Database from 'better-sqlite3';
import type { Job } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

const width = 18;

export function packJob(job: Job, into: Value[]): void {
  into.push(job.sequence, job.jobId, job.name, job.priority, job.queue);
  into.push(job.namespace ?? null, json(job.labels), json(job.annotations), JSON.stringify(job.workload));
  into.push(job.state === 'pending' ? null : job.state, job.state, job.reason ?? null, job.message ?? null);
  into.push(job.attempt, job.exitCode ?? null, job.createdAt, job.startedAt ?? null, job.finishedAt ?? null);
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** `accepted_as` is the state at acceptance when that was not `pending`: the first line of the job's history. */
export function insertJobs(db: Database.Database): (jobs: Value[]) => void {
  const statement = db.prepare(`
    INSERT INTO jobs (
      sequence, job_id, name, priority, queue,
      namespace, labels, annotations, spec,
      accepted_as, state, reason, message,
      attempt, exit_code, created_at, started_at, finished_at
    )
    VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (jobs) => {
    for (let at = 0; at < jobs.length; at += width) statement.run(jobs.slice(at, at + width));
  };
}
