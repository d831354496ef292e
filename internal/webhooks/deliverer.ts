// Sends what is due, a few at a time and fewer to each host, and writes down what came of it. Whatever is not written down
// is sent again: a message arrives at least once. It holds no deliveries but those that it is sending.
import type { Answer, Delivery } from '../../pkg/models/index.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Store, StoreFailure } from '../store/store.ts';
import type { Collector } from './collector.ts';
import type { Sender } from './sender.ts';
import { afterTry, type TryResult } from './tries.ts';

export interface DelivererDeps {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  collector: Pick<Collector, 'collect'>;
  sender: Pick<Sender, 'send' | 'stop'>;
  /** Calls back when jobs may have finished; the answer ends that. */
  listen(listener: () => void): { stop(): void };
  write(rows: { deliveries?: Delivery[]; removedDeliveries?: string[] }): Promise<Answer<undefined>>;
  /** Of those that have failed, so many are kept: the newest. */
  mostFailed?: number;
}

const atOnce = 32;
const atOncePerHost = 4;
const againMs = 5_000;
const mostFailedDefault = 10_000;

export class Deliverer {
  readonly #deps: DelivererDeps;
  /** The host of each delivery that is being sent. */
  readonly #sending = new Map<string, string>();
  #cancelTimer: CancelTimer | undefined;
  #stopListening: () => void = () => {};
  #round: Promise<void> | undefined;
  #again = false;
  #stopped = true;

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopped = false;
    this.#stopListening = this.#deps.listen(() => this.kick()).stop;
    this.kick();
  }

  /** What is being sent counts as not sent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#cancelTimer?.();
    await this.#deps.sender.stop();
    await this.#round;
  }

  /** Something may be due. Nobody handles a round that rejects: a bug ends the program as one. */
  kick(): void {
    this.#again = true;
    if (this.#round || this.#stopped) return;
    this.#round = this.#rounds().finally(() => {
      this.#round = undefined;
      if (this.#again) this.kick(); // asked for when the last round was all but over
    });
  }

  async #rounds(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      const inOrder = await this.#lookSafely();
      if (!inOrder) this.#wakeAt(this.#deps.clock.now() + againMs);
    }
  }

  async #lookSafely(): Promise<boolean> {
    try {
      if (!(await this.#deps.collector.collect())) return false;
      this.#sendDue();
      return true;
    } catch (error) {
      if (error instanceof StoreFailure) return false;
      throw error;
    }
  }

  #sendDue(): void {
    const { store, clock, metrics } = this.#deps;
    const now = clock.now();
    while (this.#sendSome(now) > 0);
    metrics.set('kubejobs_webhook_deliveries', store.reader.deliveryCount('pending'), { state: 'pending' });
    metrics.set('kubejobs_webhook_deliveries', store.reader.deliveryCount('failed'), { state: 'failed' });
    this.#wakeAt(store.reader.nextDeliveryAt(now));
  }

  /** As many as there is room for, in general and at their hosts; the answer is how many. */
  #sendSome(now: number): number {
    const due = this.#deps.store.reader.dueDeliveries(now, atOnce * 2, this.#busyHosts());
    const before = this.#sending.size;
    for (const delivery of due) {
      if (this.#sending.size >= atOnce) break;
      if (this.#sending.has(delivery.deliveryId) || this.#busyHosts().includes(hostOf(delivery))) continue;
      void this.#send(delivery);
    }
    return this.#sending.size - before;
  }

  #busyHosts(): string[] {
    const counts = new Map<string, number>();
    for (const host of this.#sending.values()) counts.set(host, (counts.get(host) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= atOncePerHost).map(([host]) => host);
  }

  async #send(delivery: Delivery): Promise<void> {
    const { deliveryId } = delivery;
    const { sender, clock } = this.#deps;
    this.#sending.set(deliveryId, hostOf(delivery));
    const result = await sender.send(delivery);
    const written = this.#stopped || (await this.#noteSafely(delivery, result));
    this.#sending.delete(deliveryId);
    if (written) this.kick();
    else this.#wakeAt(clock.now() + againMs);
  }

  async #noteSafely(delivery: Delivery, result: TryResult): Promise<boolean> {
    try {
      return await this.#note(delivery, result);
    } catch (error) {
      if (error instanceof StoreFailure) return false;
      throw error;
    }
  }

  async #note(delivery: Delivery, result: TryResult): Promise<boolean> {
    const { clock, write } = this.#deps;
    const next = afterTry(delivery, result, Math.floor(clock.now()));
    this.#tell(delivery, next);
    if (!next) return (await write({ removedDeliveries: [delivery.deliveryId] })).ok;
    const removedDeliveries = next.state === 'failed' ? this.#oldestFailed() : [];
    return (await write({ deliveries: [next], removedDeliveries })).ok;
  }

  #oldestFailed(): string[] {
    const { reader } = this.#deps.store;
    const tooMany = reader.deliveryCount('failed') + 1 - (this.#deps.mostFailed ?? mostFailedDefault);
    return tooMany <= 0 ? [] : reader.deliveries('failed', tooMany, 0).map(({ deliveryId }) => deliveryId);
  }

  #tell({ deliveryId, jobId }: Delivery, next: Delivery | undefined): void {
    const { metrics, logger } = this.#deps;
    const outcome = next ? (next.state === 'failed' ? 'failed' : 'later') : 'delivered';
    metrics.count('kubejobs_webhook_tries_total', { outcome });
    if (!next) return;
    const { tries, lastError } = next;
    const words = next.state === 'failed' ? 'a finish webhook has failed' : 'a finish webhook is tried again later';
    logger.warn({ jobId, deliveryId, tries, error: lastError }, words);
  }

  /** The earliest time that was asked for since the last round. */
  #wakeAt(at: number | undefined): void {
    this.#cancelTimer?.();
    if (at === undefined || this.#stopped) return;
    const { clock } = this.#deps;
    this.#cancelTimer = clock.schedule(Math.max(0, at - clock.now()), () => this.kick());
  }
}

/** Name and port. */
function hostOf({ url }: Delivery): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
