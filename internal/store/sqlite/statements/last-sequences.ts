import type Database from 'better-sqlite3';

export interface LastSequences {
  lastSequence: number;
  lastDispatchSequence: number;
}

export function lastSequences(db: Database.Database): LastSequences {
  const statement = db.prepare<[], LastSequences>(`
    SELECT (SELECT coalesce(max(sequence), 0) FROM jobs) AS lastSequence, last_dispatch_sequence AS lastDispatchSequence
    FROM meta`);
  return statement.get() as LastSequences;
}
