// A run is a stretch of one index (or of the table) with the matches of a filter in it, in order of acceptance. Lists
// page from runs and count them without looking at a row: that is what bounds them, so each statement names its index.
import type Database from 'better-sqlite3';

export interface Run {
  /** Acceptance numbers below `before`, descending. */
  page(before: number, limit: number): number[];
  /** How many there are, at most `limit`. */
  count(limit: number): number;
}

type Key = string | number;

/** Sorts behind every character of a name, which is a DNS label. */
const pastAnyName = '{';

/** `table` may name an index; `condition` has one parameter for each key. */
function runsIn<Keys extends Key[]>(db: Database.Database, table: string, condition: string): (...keys: Keys) => Run {
  const pages = db.prepare<unknown[], number>(
    `SELECT sequence FROM ${table} WHERE ${condition} AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
  );
  const counts = db.prepare<unknown[], number>(
    `SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${condition} LIMIT ?)`,
  );
  pages.pluck();
  counts.pluck();
  return (...keys) => ({
    page: (before, limit) => pages.all(...keys, before, limit),
    count: (limit) => counts.get(...keys, limit) as number,
  });
}

export interface IndexRuns {
  allJobs(): Run;
  inState(state: string): Run;
  named(name: string, state: string): Run;
  /** Sorts its matches for each page, so it is for names that not too many jobs have. */
  namedLike(prefix: string): Run;
  /** For any queue but the default one, which has no index. */
  inQueue(queue: string, state: string): Run;
  labelled(name: string, value: string): Run;
}

export function indexRuns(db: Database.Database): IndexRuns {
  const byPrefix = runsIn<[string, string]>(db, 'jobs INDEXED BY jobs_by_name', 'name >= ? AND name < ?');
  return {
    allJobs: runsIn<[]>(db, 'jobs', 'TRUE'),
    inState: runsIn<[string]>(db, 'jobs INDEXED BY jobs_by_state', 'state = ?'),
    named: runsIn<[string, string]>(db, 'jobs INDEXED BY jobs_by_name', 'name = ? AND state = ?'),
    namedLike: (prefix) => byPrefix(prefix, `${prefix}${pastAnyName}`),
    inQueue: runsIn<[string, string]>(
      db,
      'jobs INDEXED BY jobs_by_queue',
      "queue <> 'default' AND queue = ? AND state = ?",
    ),
    labelled: runsIn<[string, string]>(db, 'job_labels', 'name = ? AND value = ?'),
  };
}
