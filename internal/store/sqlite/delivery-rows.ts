// The border between the columns of a delivery and the model. A row that cannot be read throws an UnreadableRow.
import { type Delivery, type DeliveryState, deliveryStates } from '../../../pkg/models/index.ts';
import { UnreadableRow } from './rows.ts';
import { isNumber, isTime } from './sound-values.ts';

export interface DeliveryRow {
  delivery_id: string;
  job_id: string;
  url: string;
  body: string;
  state: string;
  created_at: number;
  tries: number;
  next_try_at: number | null;
  last_try_at: number | null;
  last_status: number | null;
  last_error: string | null;
}

export const deliveryColumns = `
  delivery_id, job_id, url, body, state, created_at, tries, next_try_at, last_try_at, last_status, last_error`;

export function deliveryOf(row: DeliveryRow): Delivery {
  assertSound(row);
  return {
    deliveryId: row.delivery_id,
    jobId: row.job_id,
    url: row.url,
    body: row.body,
    state: row.state as DeliveryState,
    createdAt: row.created_at,
    tries: row.tries,
    ...(row.next_try_at !== null && { nextTryAt: row.next_try_at }),
    ...(row.last_try_at !== null && { lastTryAt: row.last_try_at }),
    ...(row.last_status !== null && { lastStatus: row.last_status }),
    ...(row.last_error !== null && { lastError: row.last_error }),
  };
}

function assertSound({ delivery_id, state, created_at, next_try_at, last_try_at, tries }: DeliveryRow): void {
  const known = (deliveryStates as readonly string[]).includes(state);
  if (known && isNumber(tries) && [created_at, next_try_at, last_try_at].every(isTime)) return;
  throw new UnreadableRow(`delivery ${delivery_id}: a state, a time or a number that is none`);
}
