import type Database from 'better-sqlite3';
import { jobIdFromHex } from '../../job-id.ts';
import type { IdempotencyRecord } from '../../store.ts';

/** Those of the keys that are there, in no particular order. */
export function findIdempotency(db: Database.Database): (keys: readonly string[]) => IdempotencyRecord[] {
  const statement = db.prepare<[string], IdempotencyRecord>(`
    SELECT key, fingerprint, lower(hex(job_id)) AS jobId, queue_position AS queuePosition, created_at AS createdAt
    FROM idempotency_keys WHERE key IN (SELECT value FROM json_each(?))`);
  return (keys) =>
    statement.all(JSON.stringify(keys)).map((record) => ({ ...record, jobId: jobIdFromHex(record.jobId) }));
}
