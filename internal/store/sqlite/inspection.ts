// What is looked at before the first byte is written to a database: whose it is, whether it is sound, and whether its log
// belongs to it. Nothing here changes a file.
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { assertSoundLog } from './log-file.ts';
import { assertOurs } from './migrate.ts';
import { isOpen } from './statements/owner-of.ts';

/** Older ones can damage a database in WAL mode (sqlite.org/wal.html, "The WAL-reset bug"). */
const oldestLibrary = [3, 51, 3] as const;

/** Up to this size every page and every index is checked at each start; see `assertSound`. */
const fullCheckBytes = 32 * 1024 * 1024;
/** Up to this size every page is. */
const pageCheckBytes = 256 * 1024 * 1024;

/** The files, before SQLite opens them. Throws StoreFailures whose message lacks the database's path. */
export function inspectFiles(path: string): void {
  assertLogHasDatabase(path);
  assertSoundLog(path);
}

/** SQLite removes the log of a database that is empty. */
function assertLogHasDatabase(path: string): void {
  if (sizeOf(path) > 0 || sizeOf(`${path}-wal`) === 0) return;
  throw new StoreFailure(
    'corrupt',
    `it is empty, but its log ${path}-wal is not. Restore both from a backup, or move the log away to begin anew.`,
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** What is in them. Throws SQLite's errors too. */
export function inspectContents(db: Database.Database): void {
  assertLibrary(db);
  assertOurs(db);
  assertSound(db);
}

/**
 * For a database that has no log: a process that ends in order puts everything into the database and removes the log; any
 * other end leaves the log.
 */
export function assertClosed(db: Database.Database, path: string): void {
  if (!isOpen(db)) return;
  throw new StoreFailure(
    'corrupt',
    `its log ${path}-wal is missing, and the jobs that were accepted last are in there. Put it back. If there is none ` +
      `because this is a backup in one file, or another program has moved the log into it: touch '${path}-wal'`,
  );
}

/**
 * Structure and indexes: 0.13 s for 100,000 jobs, 4.5 s for a million, so beyond 32 MiB only the structure is checked:
 * 0.5 s for a million jobs, most of which the load that follows spends anyway. Beyond 256 MiB that too would be start-up
 * time that grows with finished jobs, so then only the schema and the small tables are checked.
 */
function assertSound(db: Database.Database): void {
  for (const part of checksFor(numberOf(db, 'page_count') * numberOf(db, 'page_size'))) {
    const result = db.pragma(part, { simple: true });
    if (result === 'ok') continue;
    throw new StoreFailure(
      'corrupt',
      `it is damaged (${inOneLine(String(result))}). Restore it from a backup, or move it away to begin with an empty one.`,
    );
  }
}

/** SQLite puts a headline over findings of structure. */
function inOneLine(finding: string): string {
  return finding.replace(/^\*\*\* in database main \*\*\*\n/, '').replaceAll('\n', '; ');
}

function checksFor(bytes: number): string[] {
  if (bytes <= fullCheckBytes) return ['integrity_check(1)'];
  if (bytes <= pageCheckBytes) return ['quick_check(1)'];
  return ['sqlite_schema', 'meta', 'job_counts'].map((table) => `quick_check(${table})`);
}

function numberOf(db: Database.Database, pragma: string): number {
  return db.pragma(pragma, { simple: true }) as number;
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
