import type Database from 'better-sqlite3';
import type { JobChange } from '../../store.ts';
import type { Value } from '../packed.ts';
import { type ChangeableColumns, changeRows, packChange } from '../packed-changes.ts';

const columns: ChangeableColumns<JobChange['set']> = [
  ['state', 'state'],
  ['priority', 'priority'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['attempt', 'attempt'],
  ['exitCode', 'exit_code'],
  ['startedAt', 'started_at'],
  ['finishedAt', 'finished_at'],
  ['held', 'held'],
  ['startAt', 'start_at'],
  ['expiresAt', 'expires_at'],
  ['waitsFor', 'waits_for'],
  ['attemptsBefore', 'attempts_before'],
  ['gaveWayTimes', 'gave_way_times'],
];

export function packJobChange({ jobId, set }: JobChange, into: Value[]): void {
  into.push(jobId);
  packChange(set, columns, into);
}

export function changeJobs(db: Database.Database): (changes: Value[]) => void {
  return changeRows(db, { table: 'jobs', columns, keys: ["job_id = unhex(?, '-')"] });
}
