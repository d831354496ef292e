// A WebhookService for tests of the HTTP side: deliveries in an array.
import type { Page, PageRequest } from '../../pkg/api/service.ts';
import type { WebhookService } from '../../pkg/api/webhook-service.ts';
import { accepted, type Delivery, type DeliveryState, type Refusal, refused } from '../../pkg/models/index.ts';

export class FakeWebhooks implements WebhookService {
  readonly stored: Delivery[] = [];
  /** When set, nothing is sent again. */
  refusal: Refusal | undefined;

  deliveries(state: DeliveryState | undefined, { limit, after: [skip = 0] = [] }: PageRequest): Page<Delivery> {
    const fitting = this.stored.filter((delivery) => state === undefined || delivery.state === state);
    const next = skip + limit;
    const items = fitting.slice(skip, next);
    return { items, total: fitting.length, ...(next < fitting.length && { next: [next] }) };
  }

  async redeliver(deliveryId: string) {
    if (this.refusal) return { ok: false as const, refusal: this.refusal };
    const delivery = this.stored.find((each) => each.deliveryId === deliveryId);
    if (!delivery) return refused('delivery_not_found', `There is no delivery ${deliveryId}.`);
    return accepted(Object.assign(delivery, { state: 'pending', tries: 0, nextTryAt: delivery.createdAt }));
  }
}
