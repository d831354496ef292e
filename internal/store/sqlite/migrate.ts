// Which database is this, and how does it become today's: the identity in the file's header, and the migrations.
// A file that is not ours or newer than this program is refused before anything is written to it.
import type Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { migrations } from './migrations/index.ts';

/** "KJOB" in the header's field for it, so that `file` and this program know the database by its first page. */
export const applicationId = 0x4b4a4f42;

/** Throws a StoreFailure for another application's database and for one of a newer kubejobs. */
export function assertOurs(db: Database.Database): void {
  const version = numberOf(db, 'user_version');
  if (numberOf(db, 'application_id') !== applicationId && !isEmpty(db)) {
    throw new StoreFailure('foreign', 'it is a database of another application. Give another path.');
  }
  if (version > migrations.length) {
    throw new StoreFailure(
      'newer',
      `it was written by a newer kubejobs (schema ${version}, this one knows ${migrations.length}). ` +
        'Start that version, or give another path.',
    );
  }
}

/** Applies what is missing, all of it or nothing. */
export function migrate(db: Database.Database): void {
  const version = numberOf(db, 'user_version');
  if (version === migrations.length) return;
  db.transaction(() => {
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

function numberOf(db: Database.Database, pragma: string): number {
  return db.pragma(pragma, { simple: true }) as number;
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}
