import type Database from 'better-sqlite3';

export interface Identity {
  queueId: string;
  epoch: number;
}

/** Begins a new epoch under this owner, and makes the queue's id when the database is new. Proves that a write succeeds. */
export function takeOver(db: Database.Database, newQueueId: string, owner: string): Identity {
  const statement = db.prepare<[string, string], Identity>(`
    INSERT INTO meta (only, queue_id, epoch, last_dispatch_sequence, owner) VALUES (1, ?, 1, 0, ?)
    ON CONFLICT (only) DO UPDATE SET epoch = epoch + 1, owner = excluded.owner
    RETURNING queue_id AS queueId, epoch`);
  return statement.get(newQueueId, owner) as Identity;
}
