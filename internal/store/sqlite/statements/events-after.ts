import type Database from 'better-sqlite3';
import { jobIdFromHex } from '../../job-id.ts';
import type { EventPage, JobEvent } from '../../store.ts';
import type { Readable } from '../readable-rows.ts';
import { acceptanceOf, type JobRow, type TimelineRow, timelineEntryOf } from '../rows.ts';

type ChangeRow = TimelineRow & { event_id: number; queue: string };
type AcceptanceRow = Pick<JobRow, 'job_id' | 'created_at' | 'accepted_as' | 'queue'> & { accepted_event: number };

/**
 * Two streams with one numbering: acceptances, which lie in the jobs' rows in the order of their numbers, and changes.
 * Each gives its next `limit`, and the first `limit` of both together are the page.
 */
export function eventsAfter(db: Database.Database, readable: Readable): (after: number, limit: number) => EventPage {
  const changes = db.prepare<[number, number], ChangeRow>(`
    SELECT events.event_id, lower(hex(events.job_id)) AS job_id, jobs.queue,
      events.at, events.state, events.reason, events.message, events.attempt
    FROM events JOIN jobs ON jobs.job_id = events.job_id
    WHERE events.event_id > ? ORDER BY events.event_id LIMIT ?`);
  const acceptances = db.prepare<[number, number], AcceptanceRow>(`
    SELECT lower(hex(job_id)) AS job_id, created_at, accepted_as, queue, accepted_event
    FROM jobs WHERE sequence >= ? ORDER BY sequence LIMIT ?`);
  const gone = db.prepare<[], number>('SELECT gone_event FROM meta').pluck();
  const firstAfter = firstAcceptedAfter(db);
  return db.transaction((after: number, limit: number): EventPage => {
    const events = [
      ...readable(acceptances.all(firstAfter(after), limit), acceptanceEvent),
      ...readable(changes.all(after, limit), changeEvent),
    ];
    events.sort((a, b) => a.eventId - b.eventId);
    return { events: events.slice(0, limit), goneUpTo: gone.get() ?? 0 };
  });
}

/** Event ids grow with acceptance numbers, so the first job after an event is found by halving. */
function firstAcceptedAfter(db: Database.Database): (eventId: number) => number {
  const ends = db.prepare<[], { lowest: number | null; highest: number | null }>(
    'SELECT (SELECT min(sequence) FROM jobs) AS lowest, (SELECT max(sequence) FROM jobs) AS highest',
  );
  const next = db.prepare<[number], { sequence: number; accepted_event: number }>(
    'SELECT sequence, accepted_event FROM jobs WHERE sequence >= ? ORDER BY sequence LIMIT 1',
  );
  return (eventId) => {
    const { lowest, highest } = ends.get() as { lowest: number | null; highest: number | null };
    let from = lowest ?? 0;
    let to = (highest ?? -1) + 1;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      const job = next.get(middle);
      if (!job || job.accepted_event > eventId) to = middle;
      else from = job.sequence + 1;
    }
    return from;
  };
}

function acceptanceEvent(row: AcceptanceRow): JobEvent {
  return { eventId: row.accepted_event, jobId: jobIdFromHex(row.job_id), queue: row.queue, ...acceptanceOf(row) };
}

function changeEvent(row: ChangeRow): JobEvent {
  return { eventId: row.event_id, jobId: jobIdFromHex(row.job_id), queue: row.queue, ...timelineEntryOf(row) };
}
