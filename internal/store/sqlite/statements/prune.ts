import type Database from 'better-sqlite3';
import type { JobState } from '../../../../pkg/models/index.ts';
import { prunedOf } from '../../pruned.ts';
import type { Prune, Pruned } from '../../store.ts';
import { lastEvent } from './last-event.ts';

interface Old {
  sequence: number;
  job_id: Buffer;
  state: JobState;
}

/** Deletes old jobs with all their rows. What has to be known of their events afterwards is written down first. */
export function pruneOld(db: Database.Database): (prune: Prune) => Pruned {
  const forgetKeys = db.prepare<[number, number]>(
    'DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE created_at < ? LIMIT ?)',
  );
  const oldJobs = db.prepare<[number, number], Old>(`
    SELECT sequence, job_id, state FROM jobs INDEXED BY jobs_by_end
    WHERE finished_at IS NOT NULL AND finished_at < ?
      AND NOT EXISTS (
        SELECT 1 FROM attempts WHERE attempts.job_id = jobs.job_id AND attempts.cleanup_at IS NOT NULL
      )
    ORDER BY finished_at LIMIT ?`);
  const noteGone = db.prepare<[number, number, Buffer]>(`
    UPDATE meta SET last_event = ?, gone_event = max(
      gone_event,
      (SELECT accepted_event FROM jobs WHERE sequence = ?),
      coalesce((SELECT max(event_id) FROM events WHERE job_id = ?), 0)
    )`);
  const deletions = [
    db.prepare('DELETE FROM events WHERE job_id = @job_id'),
    db.prepare('DELETE FROM attempts WHERE job_id = @job_id'),
    db.prepare('DELETE FROM job_labels WHERE sequence = @sequence'),
    db.prepare('DELETE FROM jobs WHERE sequence = @sequence'),
  ];
  const last = lastEvent(db);
  const prune = db.transaction(({ keysBefore, finishedBefore, limit }: Prune): Pruned => {
    const keys = keysBefore === undefined ? 0 : forgetKeys.run(keysBefore, limit).changes;
    if (finishedBefore === undefined) return { keys, jobs: {} };
    const old = oldJobs.all(finishedBefore, limit);
    const lastEventId = last();
    for (const job of old) {
      noteGone.run(lastEventId, job.sequence, job.job_id);
      for (const deletion of deletions) deletion.run(job);
    }
    return prunedOf(
      keys,
      old.map(({ state }) => state),
    );
  });
  return prune.immediate;
}
