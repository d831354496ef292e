// The path of a database as the one name of its file, and the plain reasons why it can't be one, found before SQLite
// is asked, whose "unable to open database file" covers them all.
import { accessSync, closeSync, constants, existsSync, openSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreFailure } from '../store.ts';

/** Links are followed, or two names of one file would have two locks. */
export function realPathOf(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const folder = dirname(absolute);
  if (!existsSync(folder)) {
    throw new StoreFailure('not_found', `there is no folder ${folder}. Create it, or give another path.`);
  }
  return join(realpathSync(folder), basename(absolute));
}

/** Throws when the file or its folder cannot be written: the log and the lock are made beside the database. */
export function assertWritable(path: string): void {
  const folder = dirname(path);
  if (!isWritable(folder)) {
    throw new StoreFailure('read_only', `the folder ${folder} cannot be written. Make it writable for this user.`);
  }
  if (!existsSync(path)) return;
  if (!statSync(path).isFile()) throw new StoreFailure('io', 'it is not a file. Give the path of a file.');
  if (!isWritable(path)) {
    throw new StoreFailure('read_only', 'the file cannot be written. Make it writable for this user.');
  }
}

/** A new database is its owner's alone to read: jobs have environments. SQLite gives its other files the same mode. */
export function createPrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
