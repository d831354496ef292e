// Which faults there are, how often each strikes, and how often each has struck.
// One seeded source of chance decides all of them, so a seed replays the same faults; the counts show afterwards
// whether a run met enough of them to prove anything.
import type { Resource, WatchEvent } from '../../pkg/kubernetes/cluster.ts';
import type { Random } from '../platform/random.ts';
import type { Commit } from '../store/store.ts';

/** What can go wrong with one call. */
export const callFaults = [
  /** Turned away unread: 429 with a Retry-After. */
  'too_many_requests',
  /** 503 with a Retry-After; nothing was done. */
  'unavailable',
  /** 500; nothing was done. */
  'server_error',
  /** The request was carried out and the answer was lost. */
  'answer_lost',
  /** No answer until the timeout; nothing was done. */
  'hang',
  /** No answer until the timeout; carried out at the start. */
  'hang_executed',
  /** No answer until the timeout; carried out after that. Only creates and deletes. */
  'executed_late',
  /** The right answer, late. */
  'delay',
  /** A create refused by a quota. */
  'quota_refused',
] as const;
export type CallFault = (typeof callFaults)[number];

/** What can go wrong with a watch: the first three at its start or at an event, the others at an event. */
export const watchFaults = [
  /** The connection breaks: the iteration throws. */
  'watch_drop',
  /** The stream ends as if the server had closed it. */
  'watch_end',
  /** The stream says 410: list again. */
  'watch_expire',
  /** The stream stays open and says nothing any more. */
  'watch_silent',
  /** An event comes twice. */
  'watch_repeat',
  /** An event comes after the next one of another object. */
  'watch_reorder',
  /** An event, and all after it, come late. */
  'watch_delay',
] as const;
export type WatchFault = (typeof watchFaults)[number];

/** What can go wrong with the store. A failure ends the handle, and only a successful reopening helps. */
export const storeFaults = [
  /** Nothing was stored, and it says so. */
  'store_fails',
  /** It was stored, and the answer is a failure. Only commits. */
  'store_executes_then_fails',
  /** No answer for a while, then the right one. */
  'store_hangs',
  /** No answer for a while, then a failure; nothing was stored. */
  'store_hangs_then_fails',
] as const;
export type StoreFault = (typeof storeFaults)[number];

export type FaultKind = CallFault | WatchFault | StoreFault;
export type FaultRates = Partial<Record<FaultKind, number>>;

/** What a fault is about: an object by its name, a kind of object that is listed or watched, an event, a commit. */
export interface Subject {
  name?: string;
  commit?: Commit;
  resource?: Resource;
  labelSelector?: string | undefined;
  event?: WatchEvent;
}

/** A bad day: about a third of the calls and a fifth of the events meet something. */
export const badDay: FaultRates = {
  too_many_requests: 0.05,
  unavailable: 0.03,
  server_error: 0.03,
  answer_lost: 0.06,
  hang: 0.03,
  hang_executed: 0.03,
  executed_late: 0.03,
  delay: 0.1,
  quota_refused: 0.02,
  watch_drop: 0.02,
  watch_end: 0.01,
  watch_expire: 0.01,
  watch_silent: 0.005,
  watch_repeat: 0.05,
  watch_reorder: 0.05,
  watch_delay: 0.05,
};

/** Told of each fault as it strikes. */
export type OnStrike = (operation: string, kind: FaultKind, subject: Subject) => void;

export class FaultPlan {
  readonly #random: Random;
  readonly #counts = new Map<string, number>();
  readonly #onStrike: OnStrike;
  #rates: FaultRates;
  #enabled = true;
  #reachable = true;

  constructor(random: Random, rates: FaultRates, onStrike: OnStrike = () => {}) {
    this.#random = random;
    this.#onStrike = onStrike;
    this.#rates = { ...rates };
  }

  /** Nothing fails any more; streams that went silent stay silent. */
  switchOff(): void {
    this.#enabled = false;
    this.#reachable = true;
  }

  switchOn(rates?: FaultRates): void {
    this.#enabled = true;
    if (rates) this.#rates = { ...rates };
  }

  /** An outage: while unreachable every call fails and every stream breaks at its next event. */
  setReachable(reachable: boolean): void {
    this.#reachable = reachable;
  }

  get isReachable(): boolean {
    return this.#reachable;
  }

  /** The fault that strikes now, one of `kinds` by their rates; counted under `<operation>:<kind>`. */
  draw<K extends FaultKind>(operation: string, kinds: readonly K[], subject: Subject = {}): K | undefined {
    if (!this.#enabled) return undefined;
    let left = this.#random.next();
    for (const kind of kinds) {
      left -= this.#rates[kind] ?? 0;
      if (left >= 0) continue;
      const name = `${operation}:${kind}`;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
      this.#onStrike(operation, kind, subject);
      return kind;
    }
    return undefined;
  }

  /** A whole number of milliseconds from 1 to `longestMs`. */
  duration(longestMs: number): number {
    return 1 + Math.floor(this.#random.next() * longestMs);
  }

  /** How often each fault struck, by `<operation>:<kind>`. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
