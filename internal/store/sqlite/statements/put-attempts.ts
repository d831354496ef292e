import type Database from 'better-sqlite3';
import type { Attempt } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

const width = 20;

export function packAttempt(jobId: string, attempt: Attempt, into: Value[]): void {
  const { workload } = attempt;
  into.push(jobId, attempt.attempt, attempt.dispatchSequence, attempt.dispatchedAt);
  into.push(workload.kind, workload.namespace, workload.name, workload.uid ?? null, attempt.creation);
  into.push(attempt.unknownAt ?? null, attempt.cancelRequestedAt ?? null, attempt.finishedAt ?? null);
  into.push(attempt.outcome ?? null, attempt.reason ?? null, attempt.message ?? null);
  into.push(attempt.exitCode ?? null, attempt.cleanupAt ?? null, attempt.madeAt ?? null, attempt.giveWay ?? null);
  into.push(attempt.restarts ?? null);
}

/** Inserts attempts; one of the same job and number is replaced. */
export function putAttempts(db: Database.Database): (attempts: Value[]) => void {
  const statement = db.prepare(`
    INSERT OR REPLACE INTO attempts (
      job_id, attempt, dispatch_sequence, dispatched_at,
      workload_kind, workload_namespace, workload_name, workload_uid, creation,
      unknown_at, cancel_requested_at, finished_at,
      outcome, reason, message,
      exit_code, cleanup_at, made_at, give_way, restarts
    )
    VALUES (unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (attempts) => {
    for (let at = 0; at < attempts.length; at += width) statement.run(attempts.slice(at, at + width));
  };
}
