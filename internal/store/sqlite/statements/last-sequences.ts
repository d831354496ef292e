import type Database from 'better-sqlite3';
import { highestNumber, isNumber } from '../sound-values.ts';

export interface LastSequences {
  lastSequence: number;
  lastDispatchSequence: number;
}

/** Of numbers that make sense: one absurd row must not end the counting. `report` hears of an absurd last dispatch. */
export function lastSequences(db: Database.Database, report: (row: string) => void): LastSequences {
  const statement = db.prepare<[], LastSequences>(`
    SELECT (SELECT coalesce(max(sequence), 0) FROM jobs WHERE sequence <= ${highestNumber}) AS lastSequence,
      last_dispatch_sequence AS lastDispatchSequence
    FROM meta`);
  const last = statement.get() as LastSequences;
  if (isNumber(last.lastDispatchSequence)) return last;
  report(`last_dispatch_sequence is ${last.lastDispatchSequence}; it was counted anew from the attempts`);
  return { ...last, lastDispatchSequence: lastDispatch(db) };
}

/** Looks at every attempt. */
function lastDispatch(db: Database.Database): number {
  const statement = db.prepare<[], number>(`
    SELECT coalesce(max(dispatch_sequence), 0) FROM attempts WHERE dispatch_sequence <= ${highestNumber}`);
  return statement.pluck().get() as number;
}
