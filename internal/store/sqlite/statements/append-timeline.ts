import type Database from 'better-sqlite3';
import type { TimelineEntry } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

const width = 6;

export function packTimelineEntry(jobId: string, entry: TimelineEntry, into: Value[]): void {
  into.push(entry.at, entry.state, entry.reason ?? null, entry.message ?? null, entry.attempt ?? null, jobId);
}

/** The position counts from 1 within the job: history is in the order of its commits, whatever the clock did. */
export function appendTimeline(db: Database.Database): (timeline: Value[]) => void {
  const statement = db.prepare(`
    INSERT INTO timeline (job_id, position, at, state, reason, message, attempt)
    SELECT job.id, 1 + (SELECT coalesce(max(position), 0) FROM timeline WHERE job_id = job.id), ?, ?, ?, ?, ?
    FROM (SELECT unhex(?, '-') AS id) AS job`);
  return (timeline) => {
    for (let at = 0; at < timeline.length; at += width) statement.run(timeline.slice(at, at + width));
  };
}
