import type Database from 'better-sqlite3';

export function removeDeliveries(db: Database.Database): (deliveryIds: readonly string[]) => void {
  const statement = db.prepare<[string]>('DELETE FROM webhook_deliveries WHERE delivery_id = ?');
  return (deliveryIds) => {
    for (const deliveryId of deliveryIds) statement.run(deliveryId);
  };
}
