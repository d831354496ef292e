import type Database from 'better-sqlite3';
import type { StoredSettings } from '../../store.ts';
import { isNumber } from '../sound-values.ts';

/** As for `--max-concurrency`. */
const mostSlots = 100_000;

/** Absent settings stay as they are. */
export function storeSettings(db: Database.Database): (settings: StoredSettings) => void {
  const statement = db.prepare(`
    UPDATE meta SET max_concurrency = coalesce(?, max_concurrency), paused = coalesce(?, paused)`);
  return ({ maxConcurrency, paused }) => {
    if (maxConcurrency === undefined && paused === undefined) return;
    statement.run(maxConcurrency ?? null, paused === undefined ? null : Number(paused));
  };
}

/** `report` hears of a value that makes no sense; it counts as never set. */
export function loadSettings(db: Database.Database, report: (row: string) => void): StoredSettings {
  const statement = db.prepare<[], { max_concurrency: number | null; paused: number | null }>(
    'SELECT max_concurrency, paused FROM meta',
  );
  const { max_concurrency: maxConcurrency = null, paused = null } = statement.get() ?? {};
  const isSound = maxConcurrency === null || isNumber(maxConcurrency, 1, mostSlots);
  if (!isSound) report(`max_concurrency is ${maxConcurrency}; the value of the start is used`);
  return {
    ...(isSound && maxConcurrency !== null && { maxConcurrency }),
    ...(paused !== null && { paused: paused === 1 }),
  };
}
