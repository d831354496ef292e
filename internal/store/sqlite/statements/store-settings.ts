import type Database from 'better-sqlite3';
import type { StoredSettings } from '../../store.ts';

/** Absent settings stay as they are. */
export function storeSettings(db: Database.Database): (settings: StoredSettings) => void {
  const statement = db.prepare(`
    UPDATE meta SET max_concurrency = coalesce(?, max_concurrency), paused = coalesce(?, paused)`);
  return ({ maxConcurrency, paused }) => {
    if (maxConcurrency === undefined && paused === undefined) return;
    statement.run(maxConcurrency ?? null, paused === undefined ? null : Number(paused));
  };
}

export function loadSettings(db: Database.Database): StoredSettings {
  const statement = db.prepare<[], { max_concurrency: number | null; paused: number | null }>(
    'SELECT max_concurrency, paused FROM meta',
  );
  const { max_concurrency: maxConcurrency = null, paused = null } = statement.get() ?? {};
  return { ...(maxConcurrency !== null && { maxConcurrency }), ...(paused !== null && { paused: paused === 1 }) };
}
