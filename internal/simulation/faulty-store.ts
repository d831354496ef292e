// A store whose disk has bad moments: a call may fail, be carried out and then fail, or hang. After a failed commit the
// handle is useless until `reopen` succeeds, which may take several tries. It never stores half a commit, as the interface
// promises; that a commit which failed is there after all happens to real disks too, and is for the program to cope with.
import { type Clock, sleep } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import {
  type Commit,
  type Prune,
  type Pruned,
  type Receipt,
  type Store,
  StoreFailure,
  type StoreReader,
} from '../store/store.ts';
import { type FaultPlan, type StoreFault, storeFaults } from './fault-plan.ts';

export interface FaultyStoreDeps {
  /** Of the program's life: what a killed program had not yet written never comes. */
  clock: Clock;
  random: Random;
  faults: FaultPlan;
  /** The usual time of a call is up to this, in milliseconds. */
  longestCallMs: number;
  /** A call that hangs does so for up to this; 30 s by default. */
  longestHangMs?: number;
  /** After the handle became useless, and after each failed try to get a new one. */
  onFailure(operation: 'commit' | 'load' | 'reopen'): void;
}

const readFaults = storeFaults.filter((fault) => fault !== 'store_executes_then_fails');

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

  async load(): ReturnType<Store['load']> {
    const fault = this.#deps.faults.draw('load', readFaults);
    await this.#pass('load', fault);
    return this.#store.load();
  }

  async commit(commit: Commit): Promise<Receipt> {
    if (this.#broken) throw failure('the handle is closed after a failure');
    const fault = this.#deps.faults.draw('commit', storeFaults, { commit });
    await this.#pass('commit', fault);
    const receipt = await this.#store.commit(commit);
    await this.#moment();
    if (fault === 'store_executes_then_fails') this.#fail('commit');
    return receipt;
  }

  prune(prune: Prune): Promise<Pruned> {
    return this.#store.prune(prune);
  }

  async reopen(): Promise<void> {
    const fault = this.#deps.faults.draw('reopen', readFaults);
    await this.#pass('reopen', fault);
    await this.#store.reopen();
    this.#broken = false;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #pass(operation: 'commit' | 'load' | 'reopen', fault: StoreFault | undefined): Promise<void> {
    const { clock, faults, longestHangMs = 30_000 } = this.#deps;
    if (fault === 'store_hangs' || fault === 'store_hangs_then_fails')
      await sleep(clock, faults.duration(longestHangMs));
    else await this.#moment();
    if (fault === 'store_fails' || fault === 'store_hangs_then_fails') this.#fail(operation);
  }

  /** Half of the calls take no time. */
  async #moment(): Promise<void> {
    const { clock, random, longestCallMs } = this.#deps;
    const share = random.next();
    if (longestCallMs > 0 && share < 0.5) await sleep(clock, Math.floor(2 * share * longestCallMs));
  }

  #fail(operation: 'commit' | 'load' | 'reopen'): never {
    if (operation === 'commit') this.#broken = true;
    this.#deps.onFailure(operation);
    throw failure('no space is left (simulated)');
  }
}

function failure(message: string): StoreFailure {
  return new StoreFailure('disk_full', message);
}
