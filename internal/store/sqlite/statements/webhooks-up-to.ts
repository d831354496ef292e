import type Database from 'better-sqlite3';

/** Up to which event deliveries have been made; undefined before the first time. */
export function webhooksUpTo(db: Database.Database): () => number | undefined {
  const statement = db.prepare<[], number | null>('SELECT webhooks_up_to FROM meta').pluck();
  return () => statement.get() ?? undefined;
}

export function storeWebhooksUpTo(db: Database.Database): (eventId: number | undefined) => void {
  const statement = db.prepare<[number]>('UPDATE meta SET webhooks_up_to = ?');
  return (eventId) => {
    if (eventId !== undefined) statement.run(eventId);
  };
}
