import type Database from 'better-sqlite3';
import type { DeliveryState } from '../../../../pkg/models/index.ts';
import { type DeliveryRow, deliveryColumns } from '../delivery-rows.ts';

export interface FindDeliveries {
  withId(deliveryId: string): DeliveryRow[];
  /** Oldest first, as ids are. */
  page(state: DeliveryState | undefined, limit: number, skip: number): DeliveryRow[];
  count(state: DeliveryState | undefined): number;
  due(at: number, limit: number, exceptHosts: readonly string[]): DeliveryRow[];
  nextAt(after: number): number | undefined;
}

export function findDeliveries(db: Database.Database): FindDeliveries {
  const columns = `SELECT ${deliveryColumns} FROM webhook_deliveries`;
  const withId = db.prepare<[string], DeliveryRow>(`${columns} WHERE delivery_id = ?`);
  const pageOfAll = db.prepare<[number, number], DeliveryRow>(`${columns} ORDER BY delivery_id LIMIT ? OFFSET ?`);
  const page = db.prepare<[string, number, number], DeliveryRow>(
    `${columns} WHERE state = ? ORDER BY delivery_id LIMIT ? OFFSET ?`,
  );
  const countAll = db.prepare<[], number>('SELECT count(*) FROM webhook_deliveries').pluck();
  const count = db.prepare<[string], number>('SELECT count(*) FROM webhook_deliveries WHERE state = ?').pluck();
  const due = db.prepare<[number, string, number], DeliveryRow>(`
    ${columns} WHERE next_try_at IS NOT NULL AND next_try_at <= ?
      AND host NOT IN (SELECT value FROM json_each(?)) ORDER BY next_try_at LIMIT ?`);
  const next = db.prepare<[number], number | null>(
    'SELECT min(next_try_at) FROM webhook_deliveries WHERE next_try_at IS NOT NULL AND next_try_at > ?',
  );
  next.pluck();
  return {
    withId: (deliveryId) => withId.all(deliveryId),
    page: (state, limit, skip) => (state === undefined ? pageOfAll.all(limit, skip) : page.all(state, limit, skip)),
    count: (state) => (state === undefined ? countAll.get() : count.get(state)) ?? 0,
    due: (at, limit, exceptHosts) => due.all(at, JSON.stringify(exceptHosts), limit),
    nextAt: (after) => next.get(after) ?? undefined,
  };
}
