// Whether `serve` could use the database: that it can be opened and is sound, that nobody else holds it, and that its disk
// has room.
import { type DatabaseExamination, examineSqliteStore } from '../../../internal/store/sqlite/examine.ts';
import { StoreFailure } from '../../../internal/store/store.ts';
import { type Check, fail, ok, warn } from './check.ts';

const mebibyte = 1_048_576;
/** The log alone may grow to 64 MiB. */
const fewestBytes = 128 * mebibyte;
const comfortableBytes = 1_024 * mebibyte;

/** `spec` is that of `--store`. `isServing`: a kubejobs answers at the address of these flags, so it may be the holder. */
export function checkStore(spec: string, isServing: boolean): Check[] {
  const path = /^sqlite:(.+)$/s.exec(spec)?.[1];
  if (path === undefined) return [ok('store', 'jobs are kept in memory and end with the server')];
  try {
    const { freeBytes, database, path: real } = examineSqliteStore(path);
    return [
      database ? judgeDatabase(real, database, isServing) : ok('store', `${real} will be made`),
      judgeRoom(freeBytes),
    ];
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    return [fail('store', error.message, adviceFor(error))];
  }
}

/** The failure's own words say what to do, but for restoring. */
function adviceFor({ code }: StoreFailure): string {
  if (code === 'corrupt') return 'docs/operations.md says how a backup is restored';
  if (code === 'locked') return 'end the other program, or give another --store';
  return 'mend it as said, or give another --store';
}

function judgeDatabase(path: string, found: DatabaseExamination, isServing: boolean): Check {
  const { bytes, sqliteVersion, schema, newestSchema, heldBy } = found;
  const migrating = schema < newestSchema ? `; the start brings its schema from ${schema} to ${newestSchema}` : '';
  const what = `${path} is sound, ${inMebibytes(bytes)}, SQLite ${sqliteVersion}${migrating}`;
  if (heldBy === undefined) return ok('store', what);
  if (isServing) return ok('store', `${what}; in use by the server that answers`);
  return fail('store', `${what}; ${heldBy}`, 'end that process, or give another --store');
}

function judgeRoom(freeBytes: number): Check {
  const message = `${inMebibytes(freeBytes)} are free on the disk of the store`;
  const advice = 'free some space, or shorten --keep-finished';
  if (freeBytes < fewestBytes) return fail('disk', message, advice);
  return freeBytes < comfortableBytes ? warn('disk', message, advice) : ok('disk', message);
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / mebibyte).toLocaleString('en')} MiB`;
}
