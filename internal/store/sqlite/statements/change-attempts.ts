import type Database from 'better-sqlite3';
import type { AttemptChange } from '../../store.ts';
import type { Value } from '../packed.ts';
import { type ChangeableColumns, changeRows, packChange } from '../packed-changes.ts';

const columns: ChangeableColumns<AttemptChange['set']> = [
  ['creation', 'creation'],
  ['uid', 'workload_uid'],
  ['madeAt', 'made_at'],
  ['unknownAt', 'unknown_at'],
  ['cancelRequestedAt', 'cancel_requested_at'],
  ['giveWay', 'give_way'],
  ['finishedAt', 'finished_at'],
  ['outcome', 'outcome'],
  ['reason', 'reason'],
  ['message', 'message'],
  ['exitCode', 'exit_code'],
  ['cleanupAt', 'cleanup_at'],
  ['restarts', 'restarts'],
];

export function packAttemptChange({ jobId, attempt, set }: AttemptChange, into: Value[]): void {
  into.push(jobId, attempt);
  packChange(set, columns, into);
}

export function changeAttempts(db: Database.Database): (changes: Value[]) => void {
  return changeRows(db, { table: 'attempts', columns, keys: ["job_id = unhex(?, '-')", 'attempt = ?'] });
}
