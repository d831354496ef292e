// A store whose disk has bad moments: commits take their time, and one may fail. After a failure the handle is useless
// until `reopen` succeeds, which may take several tries. It never stores half a commit, as the interface promises.
import { type Clock, sleep } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { type Commit, type Store, StoreFailure, type StoreReader } from '../store/store.ts';

/** Read at each call: setting the shares to 0 switches the faults off. */
export interface StoreFaults {
  /** The share of commits that fail. */
  commitFails: number;
  /** The share of tries to reopen that fail. */
  reopenFails: number;
  /** The longest time a commit takes, in milliseconds. */
  longestCommitMs: number;
}

export interface FaultyStoreDeps {
  clock: Clock;
  random: Random;
  faults: StoreFaults;
  onFault(kind: 'commit_failed' | 'reopen_failed'): void;
}

export class FaultyStore implements Store {
  readonly #store: Store;
  readonly #deps: FaultyStoreDeps;
  #broken = false;

  constructor(store: Store, deps: FaultyStoreDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  get queueId(): string {
    return this.#store.queueId;
  }

  get epoch(): number {
    return this.#store.epoch;
  }

  get reader(): StoreReader {
    return this.#store.reader;
  }

  load(): ReturnType<Store['load']> {
    return this.#store.load();
  }

  async commit(commit: Commit): Promise<void> {
    const { clock, random, faults, onFault } = this.#deps;
    if (this.#broken) throw new StoreFailure('disk_full', 'the handle is closed after a failure');
    await sleep(clock, Math.floor(random.next() * (faults.longestCommitMs + 1)));
    if (random.next() < faults.commitFails) {
      this.#broken = true;
      onFault('commit_failed');
      throw new StoreFailure('disk_full', 'no space is left (simulated)');
    }
    await this.#store.commit(commit);
  }

  async reopen(): Promise<void> {
    const { random, faults, onFault } = this.#deps;
    if (random.next() < faults.reopenFails) {
      onFault('reopen_failed');
      throw new StoreFailure('disk_full', 'no space is left yet (simulated)');
    }
    await this.#store.reopen();
    this.#broken = false;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
