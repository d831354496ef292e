import type Database from 'better-sqlite3';
import type { Prune } from '../../store.ts';
import { lastEvent } from './last-event.ts';

interface Old {
  sequence: number;
  job_id: Buffer;
}

/** Deletes old jobs with all their rows. What has to be known of their events afterwards is written down first. */
export function pruneOld(db: Database.Database): (prune: Prune) => number {
  const forgetKeys = db.prepare<[number]>('DELETE FROM idempotency_keys WHERE created_at < ?');
  const oldJobs = db.prepare<[number, number], Old>(`
    SELECT sequence, job_id FROM jobs INDEXED BY jobs_by_end
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
  const prune = db.transaction(({ keysBefore, finishedBefore, limit }: Prune): number => {
    if (keysBefore !== undefined) forgetKeys.run(keysBefore);
    if (finishedBefore === undefined) return 0;
    const old = oldJobs.all(finishedBefore, limit);
    const lastEventId = last();
    for (const job of old) {
      noteGone.run(lastEventId, job.sequence, job.job_id);
      for (const deletion of deletions) deletion.run(job);
    }
    return old.length;
  });
  return prune.immediate;
}
