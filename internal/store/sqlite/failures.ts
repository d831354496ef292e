// SQLite's and the system's errors as StoreFailures: which kind it is, and what a person can do about it.
// The only place that knows their codes.
import { StoreFailure, type StoreFailureCode } from '../store.ts';

const advice: Record<StoreFailureCode, string> = {
  locked: 'Another program holds the database; end it first.',
  newer: 'Start the newer version.',
  foreign: 'Give another path.',
  corrupt: 'Restore it from a backup, or move it away to begin with an empty one.',
  read_only: 'Make the file and its folder writable for this user.',
  disk_full: 'Free some space on its disk.',
  not_found: 'Create the folder, or give another path.',
  io: 'Look at the disk and the system log.',
};

const words: Record<StoreFailureCode, string> = {
  locked: 'it is locked',
  newer: 'it is newer than this program',
  foreign: 'it belongs to another application',
  corrupt: 'it is damaged',
  read_only: 'it cannot be written',
  disk_full: 'its disk is full',
  not_found: 'there is no such folder',
  io: 'the system reported an error',
};

/** What is wrong and what to do, without the path: whoever knows that puts it in front with `named`. */
export function toStoreFailure(error: unknown): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  return new StoreFailure(code, `${words[code]} (${text}). ${advice[code]}`, { cause: error });
}

export function named(what: string, error: unknown): StoreFailure {
  const failure = toStoreFailure(error);
  return new StoreFailure(failure.code, `${what}: ${failure.message}`, { cause: failure.cause ?? failure });
}

function codeOf(error: unknown): StoreFailureCode {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return 'io';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return 'disk_full';
  if (code.startsWith('SQLITE_READONLY') || ['EACCES', 'EPERM', 'EROFS'].includes(code)) return 'read_only';
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'corrupt';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'locked';
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'not_found' : 'io';
}
