// The order as product and docs state it, in plain words and plain arrays: who waits, who may run, who is next. It shares
// no code with the core but the length of the quota backoff; of who holds a slot it is told, who is next it says itself.

import { backoffMs, quotaBackoff } from '../../../../internal/core/policies/backoff.ts';

export interface WaitingJob {
  id: string;
  priority: number;
  sequence: number;
  /** A quota refused it: it steps aside until this time. */
  asideUntil?: number;
  /** How many more important jobs that came later have run before it. */
  passedOver: number;
}

export interface OrderSettings {
  maxConcurrency: number;
  settleMs: number;
}

export class OrderModel {
  waiting: WaitingJob[] = [];
  readonly running = new Map<string, WaitingJob>();
  #refusals = new Map<string, number>();
  #lastSequence = 0;
  #settleUntil: number | undefined;
  reachable = false;
  draining = false;
  readonly #settings: OrderSettings;

  constructor(settings: OrderSettings) {
    this.#settings = settings;
  }

  /** Its acceptance number, and how many wait before it. */
  submitted(id: string, priority: number, at: number): { sequence: number; position: number } {
    this.#maySettle(at);
    this.#lastSequence += 1;
    this.waiting.push({ id, priority, sequence: this.#lastSequence, passedOver: 0 });
    return { sequence: this.#lastSequence, position: this.position(id) };
  }

  cancelled(id: string): void {
    this.waiting = this.waiting.filter((job) => job.id !== id);
    if (!this.running.has(id)) this.#refusals.delete(id);
  }

  reprioritised(id: string, priority: number): void {
    const job = this.waiting.find((one) => one.id === id);
    if (job) job.priority = priority;
  }

  ended(id: string): void {
    this.running.delete(id);
    this.#refusals.delete(id);
  }

  refusedByQuota(id: string, at: number): void {
    const job = this.running.get(id) as WaitingJob;
    const count = (this.#refusals.get(id) ?? 0) + 1;
    this.#refusals.set(id, count);
    this.running.delete(id);
    const aside = this.inOrder().filter((other) => other.asideUntil !== undefined);
    const queueMs = 200 * aside.filter((other) => isBefore(other, job)).length;
    this.waiting.push({ ...job, asideUntil: at + Math.max(queueMs, backoffMs(quotaBackoff, id, count)) });
  }

  /** Those whose time aside is over may run again, at their old place. */
  timePassed(at: number): void {
    for (const job of this.waiting.filter((one) => (one.asideUntil ?? Number.POSITIVE_INFINITY) <= at)) {
      this.#maySettle(at);
      delete job.asideUntil;
    }
  }

  /** What a new process knows of it: the rows. How often a quota refused is not one of them. */
  restarted(): void {
    for (const job of this.waiting) delete job.asideUntil;
    this.#refusals = new Map();
    this.#settleUntil = undefined;
    this.reachable = false;
    this.draining = false;
  }

  /** Everybody who waits, the next one first. */
  inOrder(): WaitingJob[] {
    return [...this.waiting].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  position(id: string): number {
    return this.inOrder().findIndex((job) => job.id === id);
  }

  /** Who gets the free slots now, in order; they have them from here on. */
  dispatch(now: number): string[] {
    if (this.#settleUntil !== undefined && now >= this.#settleUntil) this.#settleUntil = undefined;
    if (!this.reachable || this.draining || this.#settleUntil !== undefined) return [];
    const free = this.#settings.maxConcurrency - this.running.size;
    const next = this.#runnable().slice(0, Math.max(0, free));
    for (const job of next) this.#start(job);
    return next.map((job) => job.id);
  }

  #start(job: WaitingJob): void {
    this.waiting = this.waiting.filter((other) => other !== job);
    this.running.set(job.id, job);
    for (const other of this.#runnable()) if (other.sequence < job.sequence) other.passedOver += 1;
  }

  #runnable(): WaitingJob[] {
    return this.inOrder().filter((job) => job.asideUntil === undefined);
  }

  /** An idle queue waits for the rest of a burst; a window that is open is not extended. */
  #maySettle(at: number): void {
    const { settleMs, maxConcurrency } = this.#settings;
    const open = this.#settleUntil !== undefined && at < this.#settleUntil;
    const idle = this.#runnable().length === 0 && this.running.size < maxConcurrency;
    if (settleMs > 0 && !open && idle) this.#settleUntil = at + settleMs;
  }
}

function isBefore(a: WaitingJob, b: WaitingJob): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence);
}
