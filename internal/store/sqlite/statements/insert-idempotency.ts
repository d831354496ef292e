import type Database from 'better-sqlite3';
import type { IdempotencyRecord } from '../../store.ts';
import type { Value } from '../packed.ts';

const width = 5;

export function packIdempotency(record: IdempotencyRecord, into: Value[]): void {
  into.push(record.key, record.fingerprint, record.jobId, record.queuePosition, record.createdAt);
}

/** A key that is there is too old to count, or it would have been found: the new answer takes its place. */
export function insertIdempotency(db: Database.Database): (records: Value[]) => void {
  const statement = db.prepare(`
    INSERT OR REPLACE INTO idempotency_keys (key, fingerprint, job_id, queue_position, created_at)
    VALUES (?, ?, unhex(?, '-'), ?, ?)`);
  return (records) => {
    for (let at = 0; at < records.length; at += width) statement.run(records.slice(at, at + width));
  };
}
