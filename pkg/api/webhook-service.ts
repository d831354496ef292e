// What the HTTP server needs from whoever owns the finish webhooks. It refuses with values.
import type { Answer, Delivery, DeliveryState } from '../models/index.ts';
import type { Page, PageRequest } from './service.ts';

export interface WebhookService {
  /** Those that have not arrived, oldest first; all states when none is given. */
  deliveries(state: DeliveryState | undefined, page: PageRequest): Page<Delivery>;
  /** As if it were new. */
  redeliver(deliveryId: string): Promise<Answer<Delivery>>;
}
