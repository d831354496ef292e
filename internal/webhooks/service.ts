// What the HTTP API asks about webhooks: it fits pkg/api/webhook-service.ts by shape. Without `--webhooks` it takes no
// URL, and still shows what was left over from a time with it.
import {
  type Answer,
  accepted,
  type Delivery,
  type DeliveryState,
  type JobSubmission,
  type Refusal,
  type Refused,
  refused,
} from '../../pkg/models/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';
import { judgeUrl } from './allow-list.ts';
import { sentAgain } from './tries.ts';

export interface WebhooksServiceDeps {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  /** Undefined when webhooks are off. */
  allowed: readonly string[] | undefined;
  write(rows: { deliveries: Delivery[] }): Promise<Answer<undefined>>;
  /** Something may be due now. */
  kick(): void;
}

export class WebhooksService {
  readonly #deps: WebhooksServiceDeps;

  constructor(deps: WebhooksServiceDeps) {
    this.#deps = deps;
  }

  /** What is to be said against a submission's URL. */
  judge({ rules }: Pick<JobSubmission, 'rules'>): Refusal | undefined {
    const url = rules?.onFinish?.url;
    if (url === undefined) return undefined;
    const { allowed } = this.#deps;
    const off = 'cannot be given: the server was started without --webhooks';
    const judged = allowed ? judgeUrl(url, allowed) : { ok: false as const, detail: off };
    if (judged.ok) return undefined;
    const pointer = '/on_finish/url';
    return {
      code: 'webhook_refused',
      detail: `${pointer} ${judged.detail}`,
      errors: [{ pointer, detail: judged.detail }],
    };
  }

  deliveries(
    state: DeliveryState | undefined,
    { limit, after: [skip = 0] = [] }: { limit: number; after?: readonly number[] },
  ): { items: Delivery[]; next?: readonly number[]; total: number } {
    const { reader } = this.#deps.store;
    const total = reader.deliveryCount(state);
    const next = skip + limit;
    return { items: reader.deliveries(state, limit, skip), total, ...(next < total && { next: [next] }) };
  }

  async redeliver(deliveryId: string): Promise<Answer<Delivery>> {
    const { store, clock, allowed, write, kick } = this.#deps;
    if (!allowed) return refused('webhooks_off', 'The server was started without --webhooks, so nothing is sent.');
    const delivery = store.reader.delivery(deliveryId);
    if (!delivery) return notFound(deliveryId);
    const next = sentAgain(delivery, Math.floor(clock.now()));
    const written = await write({ deliveries: [next] });
    if (!written.ok) return written;
    kick();
    return accepted(next);
  }
}

function notFound(deliveryId: string): Refused {
  return refused('delivery_not_found', `There is no delivery ${deliveryId}: it has arrived, or never was.`);
}
