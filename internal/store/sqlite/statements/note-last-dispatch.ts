import type Database from 'better-sqlite3';

/** Remembers the newest place in the order of dispatch: attempts have no index on it. */
export function noteLastDispatch(db: Database.Database): (dispatchSequence: number) => void {
  const statement = db.prepare(
    'UPDATE meta SET last_dispatch_sequence = @number WHERE last_dispatch_sequence < @number',
  );
  return (number) => {
    statement.run({ number });
  };
}
