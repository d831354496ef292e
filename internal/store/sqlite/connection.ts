// Opening the two connections: what each is set to, and what is asserted before anything trusts the file.
// The order matters: whose file it is and whether it is sound are read before the first byte is written.
import Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { assertOurs, migrate } from './migrate.ts';

/** Older ones can damage a database in WAL mode (sqlite.org/wal.html, "The WAL-reset bug"). */
const oldestLibrary = [3, 51, 3] as const;
const busyTimeoutMs = 5_000;

/** Up to this size the whole file is checked at each start; see `check`. */
const fullCheckBytes = 256 * 1024 * 1024;

/** The writer's. Throws SQLite's errors and StoreFailures whose message lacks the path. */
export function openWriteConnection(path: string): Database.Database {
  const db = new Database(path, { timeout: busyTimeoutMs });
  try {
    assertLibrary(db);
    db.pragma('cell_size_check = ON');
    assertOurs(db);
    check(db);
    makeDurable(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The reader's; the file is open for writing elsewhere already. */
export function openReadConnection(path: string): Database.Database {
  const db = new Database(path, { timeout: busyTimeoutMs, readonly: true, fileMustExist: true });
  db.pragma('cell_size_check = ON');
  return db;
}

/** WAL, and an fsync at every commit: the build's default for WAL is not to. */
function makeDurable(db: Database.Database): void {
  const mode = db.pragma('journal_mode = WAL', { simple: true });
  db.pragma('synchronous = FULL');
  const synchronous = db.pragma('synchronous', { simple: true });
  if (mode !== 'wal' || synchronous !== 2) {
    throw new StoreFailure(
      'io',
      `it cannot be made durable here (journal_mode ${String(mode)}, synchronous ${String(synchronous)}). ` +
        'Put it on a local disk.',
    );
  }
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma(`journal_size_limit = ${64 * 1024 * 1024}`);
  db.pragma('cache_size = -32768');
}

/**
 * The structure of every page takes 0.3 s for a million jobs, most of which the load that follows spends anyway; beyond
 * that it would be start-up time that grows with finished jobs, so then only the schema and the small tables are checked.
 */
function check(db: Database.Database): void {
  const bytes = pragma(db, 'page_count') * pragma(db, 'page_size');
  const parts = bytes <= fullCheckBytes ? ['1'] : ['sqlite_schema', 'meta', 'job_counts'];
  for (const part of parts) {
    const result = db.pragma(`quick_check(${part})`, { simple: true });
    if (result === 'ok') continue;
    throw new StoreFailure(
      'corrupt',
      `it is damaged (${String(result)}). Restore it from a backup, or move it away to begin with an empty one.`,
    );
  }
}

function pragma(db: Database.Database, name: string): number {
  return db.pragma(name, { simple: true }) as number;
}

function assertLibrary(db: Database.Database): void {
  const version = db.prepare('SELECT sqlite_version()').pluck().get() as string;
  if (isAtLeast(version, oldestLibrary)) return;
  throw new StoreFailure('io', `SQLite ${version} is too old; ${oldestLibrary.join('.')} is the oldest that is safe.`);
}

export function isAtLeast(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const at = oldest.findIndex((part, index) => parts[index] !== part);
  return at < 0 || (parts[at] as number) > (oldest[at] as number);
}
