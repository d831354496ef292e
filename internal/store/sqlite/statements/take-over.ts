import type Database from 'better-sqlite3';
import { type ClusterKind, StoreFailure } from '../../store.ts';
import { openBy } from './owner-of.ts';

export interface Identity {
  queueId: string;
  epoch: number;
}

export interface NewOwner {
  /** Used when the database is new. */
  newQueueId: string;
  owner: string;
  /** Absent: whatever it was used for so far. */
  cluster?: ClusterKind;
}

/**
 * Begins a new epoch under this owner, and makes the queue's id when the database is new. Proves that a write succeeds.
 * Throws a StoreFailure when the database belongs to the other kind of cluster: jobs of a dry run never become real.
 */
export function takeOver(db: Database.Database, { newQueueId, owner, cluster }: NewOwner): Identity {
  assertSameCluster(db, cluster);
  const statement = db.prepare<[string, string, string | null], Identity>(`
    INSERT INTO meta (only, queue_id, epoch, last_dispatch_sequence, owner, cluster) VALUES (1, ?, 1, 0, ?, ?)
    ON CONFLICT (only) DO UPDATE
    SET epoch = epoch + 1, owner = excluded.owner, cluster = coalesce(excluded.cluster, cluster)
    RETURNING queue_id AS queueId, epoch`);
  // Outside a transaction its commit would come when the rows have been fetched, and its failure would be told to nobody.
  const write = db.transaction(() => statement.get(newQueueId, `${openBy}${owner}`, cluster ?? null) as Identity);
  return write.immediate();
}

function assertSameCluster(db: Database.Database, cluster: ClusterKind | undefined): void {
  const before = db.prepare<[], string | null>('SELECT cluster FROM meta').pluck().get();
  if (!before || !cluster || before === cluster) return;
  const [holds, wanted] =
    before === 'simulated' ? ['the jobs of a dry run', 'a real cluster'] : ['the jobs of a real cluster', 'a dry run'];
  throw new StoreFailure(
    'foreign',
    `it holds ${holds}, so ${wanted} cannot use it. Give another --store, or move it away.`,
  );
}
