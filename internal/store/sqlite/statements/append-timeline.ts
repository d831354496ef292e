import type Database from 'better-sqlite3';
import type { TimelineEntry } from '../../../../pkg/models/index.ts';
import type { Value } from '../packed.ts';

const width = 6;

export function packTimelineEntry(jobId: string, entry: TimelineEntry, into: Value[]): void {
  into.push(jobId, entry.at, entry.state, entry.reason ?? null, entry.message ?? null, entry.attempt ?? null);
}

/**
 * Event ids are consecutive: history is in the order of its commits, whatever the clock did. Gives the id after the last
 * one it used.
 */
export function appendTimeline(db: Database.Database): (timeline: Value[], firstEventId: number) => number {
  const statement = db.prepare(`
    INSERT INTO events (job_id, at, state, reason, message, attempt, event_id)
    VALUES (unhex(?, '-'), ?, ?, ?, ?, ?, ?)`);
  return (timeline, firstEventId) => {
    let eventId = firstEventId;
    for (let at = 0; at < timeline.length; at += width, eventId += 1) {
      statement.run(timeline.slice(at, at + width), eventId);
    }
    return eventId;
  };
}
