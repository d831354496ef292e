import type Database from 'better-sqlite3';
import { type AttemptRow, attemptColumns } from '../rows.ts';

export function dueCleanups(db: Database.Database): (at: number, limit: number) => AttemptRow[] {
  const statement = db.prepare<[number, number], AttemptRow>(`
    SELECT ${attemptColumns} FROM attempts INDEXED BY attempts_to_clean_up
    WHERE cleanup_at <= ? ORDER BY cleanup_at LIMIT ?`);
  return (at, limit) => statement.all(at, limit);
}
