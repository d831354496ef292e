// Makes a delivery of each finish of a job that asked for one. It reads committed events from where it left off, and writes
// the deliveries and how far it got in one commit: a finish is neither forgotten nor told twice, whenever the program ends.
import { type Answer, type Delivery, isFinished } from '../../pkg/models/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';
import type { JobEvent, Store } from '../store/store.ts';

export interface CollectorDeps {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  random: Pick<Random, 'uuid'>;
  logger: Logger;
  metrics: Metrics;
  /** The job's document, as GET /jobs/{job_id} has it. */
  documentOf(jobId: string): object | undefined;
  write(rows: { deliveries: Delivery[]; webhooksUpTo: number }): Promise<Answer<undefined>>;
  /** Beyond so many that wait, new ones are dropped: the receivers are away for good. */
  mostPending?: number;
}

const eventsAtOnce = 1_000;
/** How many events without a delivery may have to be read again after a restart. */
const noteEvery = 10_000;
const mostPendingDefault = 100_000;

export class Collector {
  readonly #deps: CollectorDeps;
  #upTo: number | undefined;
  #noted = 0;

  constructor(deps: CollectorDeps) {
    this.#deps = deps;
  }

  /**
   * Looks at the events since the last time; true when they all have their deliveries, false when the store fails. Nothing
   * that finished before webhooks were first used is told.
   */
  async collect(): Promise<boolean> {
    const { reader } = this.#deps.store;
    if (this.#upTo === undefined && !(await this.#begin())) return false;
    for (;;) {
      const { events } = reader.events(this.#upTo as number, eventsAtOnce);
      const last = events.at(-1);
      if (!last) return true;
      if (!(await this.#take(events, last.eventId))) return false;
    }
  }

  async #begin(): Promise<boolean> {
    const { reader } = this.#deps.store;
    const known = reader.webhooksUpTo();
    const upTo = known ?? reader.lastEventId();
    if (known === undefined && !(await this.#deps.write({ deliveries: [], webhooksUpTo: upTo })).ok) return false;
    this.#upTo = upTo;
    this.#noted = upTo;
    return true;
  }

  async #take(events: readonly JobEvent[], lastEventId: number): Promise<boolean> {
    const deliveries = this.#deliveriesOf(events);
    if (deliveries.length > 0 || lastEventId - this.#noted >= noteEvery) {
      if (!(await this.#deps.write({ deliveries, webhooksUpTo: lastEventId })).ok) return false;
      this.#noted = lastEventId;
    }
    this.#upTo = lastEventId;
    return true;
  }

  #deliveriesOf(events: readonly JobEvent[]): Delivery[] {
    const { reader } = this.#deps.store;
    const finished = events.filter(({ state }) => isFinished(state)).map(({ jobId }) => jobId);
    if (finished.length === 0) return [];
    const urls = new Map(reader.jobs([...new Set(finished)]).map(({ jobId, rules }) => [jobId, rules?.onFinish?.url]));
    const deliveries = finished.flatMap((jobId) => this.#delivery(jobId, urls.get(jobId)) ?? []);
    return this.#withinLimit(deliveries);
  }

  #delivery(jobId: string, url: string | undefined): Delivery | undefined {
    const { clock, random, documentOf } = this.#deps;
    const job = url === undefined ? undefined : documentOf(jobId);
    if (url === undefined || !job) return undefined;
    const now = Math.floor(clock.now());
    const deliveryId = random.uuid(now);
    const body = JSON.stringify({ event: 'job.finished', delivery_id: deliveryId, job });
    return { deliveryId, jobId, url, body, state: 'pending', createdAt: now, tries: 0, nextTryAt: now };
  }

  #withinLimit(deliveries: Delivery[]): Delivery[] {
    if (deliveries.length === 0) return deliveries;
    const { mostPending = mostPendingDefault } = this.#deps;
    const room = Math.max(0, mostPending - this.#deps.store.reader.deliveryCount('pending'));
    const dropped = deliveries.length - room;
    if (dropped <= 0) return deliveries;
    this.#deps.metrics.count('kubejobs_webhook_tries_total', { outcome: 'dropped' }, dropped);
    this.#deps.logger.error({ dropped, mostPending }, 'too many deliveries wait, and new ones are dropped');
    return deliveries.slice(0, room);
  }
}
