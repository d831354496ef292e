// A look at a database without taking it over: whether it is there, whose it is, whether it is sound, and how much room
// its disk has. It migrates nothing and writes no row. While it looks at a database that nobody uses it holds the lock,
// so that no server begins to write in between.
import { existsSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { StoreFailure } from '../store.ts';
import { openReadConnection, removeEmptyLog } from './connection.ts';
import { assertWritable, realPathOf } from './database-path.ts';
import { named } from './failures.ts';
import { assertClosed, inspectContents, inspectFiles } from './inspection.ts';
import { migrations } from './migrations/index.ts';
import { takeOwnerLock } from './owner-lock.ts';

export interface StoreExamination {
  /** The real path, without links. */
  path: string;
  /** What an ordinary user may still write on its disk. */
  freeBytes: number;
  /** Absent when there is no database yet. */
  database?: DatabaseExamination;
}

export interface DatabaseExamination {
  /** With its log. */
  bytes: number;
  sqliteVersion: string;
  /** How many migrations it has had, and how many there are. */
  schema: number;
  newestSchema: number;
  /** In words: who has it open. */
  heldBy?: string;
}

/** Throws a StoreFailure whose message is for people and names the path. */
export function examineSqliteStore(given: string): StoreExamination {
  try {
    const path = realPathOf(given);
    assertWritable(path);
    const { bavail, bsize } = statfsSync(dirname(path));
    const room = { path, freeBytes: bavail * bsize };
    return sizeOf(path) === 0 && sizeOf(`${path}-wal`) === 0 ? room : { ...room, database: examineDatabase(path) };
  } catch (error) {
    throw named(`the database ${given} cannot be used`, error);
  }
}

function examineDatabase(path: string): DatabaseExamination {
  // A database that was never opened has no lock, and looking makes none.
  if (!existsSync(`${path}.lock`)) return look(path, assertClosed);
  try {
    const lock = takeOwnerLock(path);
    try {
      return look(path, assertClosed);
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof StoreFailure) || error.code !== 'locked') throw error;
    return { ...look(path), heldBy: error.message };
  }
}

/** `assertWhole` is for one that nobody uses: one in use need not be closed in order. */
function look(path: string, assertWhole?: typeof assertClosed): DatabaseExamination {
  if (assertWhole) inspectFiles(path);
  const hadLog = existsSync(`${path}-wal`);
  const hadIndex = existsSync(`${path}-shm`);
  const db = openReadConnection(path);
  try {
    inspectContents(db);
    if (!hadLog) assertWhole?.(db, path);
    return {
      bytes: sizeOf(path) + sizeOf(`${path}-wal`),
      sqliteVersion: db.prepare('SELECT sqlite_version()').pluck().get() as string,
      schema: schemaOf(db),
      newestSchema: migrations.length,
    };
  } finally {
    db.close();
    if (assertWhole && !hadLog) removeEmptyLog(path);
    if (assertWhole && !hadIndex) rmSync(`${path}-shm`, { force: true });
  }
}

function schemaOf(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
