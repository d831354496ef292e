import type Database from 'better-sqlite3';
import type { Job } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

const width = 25;

export function packJob(job: Job, into: Value[]): void {
  into.push(job.sequence, job.jobId, job.name, job.priority, job.queue);
  into.push(job.namespace ?? null, json(job.labels), json(job.annotations), JSON.stringify(job.workload));
  into.push(job.state === 'pending' ? null : job.state, job.state, job.reason ?? null, job.message ?? null);
  into.push(job.attempt, job.exitCode ?? null, job.createdAt, job.startedAt ?? null, job.finishedAt ?? null);
  into.push(json(job.rules), job.held ? 1 : null, job.startAt ?? null, job.expiresAt ?? null);
  into.push(json(job.waitsFor), job.attemptsBefore ?? null, job.gaveWayTimes ?? null);
}

export function json(value: object | null | undefined): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

/**
 * `accepted_as` is the state at acceptance when that was not `pending`: the first line of the job's history. Gives the
 * event id after the last one it used.
 */
export function insertJobs(db: Database.Database): (jobs: Value[], firstEventId: number) => number {
  const statement = db.prepare(`
    INSERT INTO jobs (
      sequence, job_id, name, priority, queue,
      namespace, labels, annotations, spec,
      accepted_as, state, reason, message,
      attempt, exit_code, created_at, started_at, finished_at,
      rules, held, start_at, expires_at,
      waits_for, attempts_before, gave_way_times,
      accepted_event
    )
    VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (jobs, firstEventId) => {
    let eventId = firstEventId;
    for (let at = 0; at < jobs.length; at += width, eventId += 1) {
      statement.run(jobs.slice(at, at + width), eventId);
    }
    return eventId;
  };
}
