import type Database from 'better-sqlite3';
import type { Delivery } from '../../../../pkg/models/index.ts';
import { hostOf } from '../../host-of.ts';

/** A row of the same id is replaced. */
export function putDeliveries(db: Database.Database): (deliveries: readonly Delivery[]) => void {
  const statement = db.prepare(`
    INSERT OR REPLACE INTO webhook_deliveries (
      delivery_id, job_id, url, host, body, state, created_at, tries, next_try_at, last_try_at, last_status, last_error
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return (deliveries) => {
    for (const { deliveryId, jobId, url, body, state, createdAt, tries, ...last } of deliveries) {
      const { nextTryAt = null, lastTryAt = null, lastStatus = null, lastError = null } = last;
      const known = [deliveryId, jobId, url, hostOf(url), body, state, createdAt, tries];
      statement.run(known, nextTryAt, lastTryAt, lastStatus, lastError);
    }
  };
}
