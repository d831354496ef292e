// A store whose commits end when the test says so, well or badly; rows are kept by the memory store behind it.
import { memoryStore } from '../../internal/store/memory.ts';
import {
  type Commit,
  type Prune,
  type Pruned,
  type Receipt,
  type Store,
  StoreFailure,
  type StoreReader,
} from '../../internal/store/store.ts';
import type { Job } from '../../pkg/models/index.ts';

interface HeldCommit {
  commit: Commit;
  carryOut(): Promise<void>;
  refuse(error: Error): void;
}

export class HeldStore implements Store {
  readonly #store = memoryStore({ queueId: '7d444840-9dc0-4bb1-b5d1-00000000feed' });
  readonly #held: HeldCommit[] = [];
  /** Commits wait for `carryOut` or `refuse` while this is true. */
  hold = false;
  /** So many tries to reopen will fail. */
  reopenFailures = 0;
  reopens = 0;
  /** Everything that was given to `commit`, oldest first. */
  readonly commits: Commit[] = [];
  /** Jobs whose rows cannot be read. */
  readonly unreadable = new Set<string>();
  /** Thrown by the next read of jobs, of an attempt or of clean-ups. */
  nextReadError: Error | undefined;
  readonly reader: StoreReader;

  constructor() {
    this.reader = this.#faultyReader(this.#store.reader);
  }

  get queueId(): string {
    return this.#store.queueId;
  }

  get epoch(): number {
    return this.#store.epoch;
  }

  get heldCommits(): number {
    return this.#held.length;
  }

  load(): ReturnType<Store['load']> {
    return this.#store.load();
  }

  prune(prune: Prune): Promise<Pruned> {
    return this.#store.prune(prune);
  }

  commit(commit: Commit): Promise<Receipt> {
    this.commits.push(commit);
    if (!this.hold) return this.#store.commit(commit);
    return new Promise((resolve, reject) => {
      const carryOut = () => this.#store.commit(commit).then(resolve, reject);
      this.#held.push({ commit, carryOut, refuse: reject });
    });
  }

  /** Ends the commit in flight well. */
  async carryOut(): Promise<void> {
    await this.#oldest().carryOut();
  }

  /** Ends the commit in flight badly: nothing of it is stored. */
  refuse(error: Error = new StoreFailure('disk_full', 'its disk is full')): void {
    this.#oldest().refuse(error);
  }

  async reopen(): Promise<void> {
    this.reopens += 1;
    if (this.reopenFailures === 0) return this.#store.reopen();
    this.reopenFailures -= 1;
    throw new StoreFailure('disk_full', 'its disk is still full');
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #oldest(): HeldCommit {
    const oldest = this.#held.shift();
    if (!oldest) throw new Error('no commit is in flight');
    return oldest;
  }

  #faultyReader(reader: StoreReader): StoreReader {
    const jobs = (jobIds: readonly string[]): Job[] => {
      this.#throwOnce();
      return reader.jobs(jobIds.filter((jobId) => !this.unreadable.has(jobId)));
    };
    return {
      jobs,
      attempt: (jobId, attempt) => {
        this.#throwOnce();
        return reader.attempt(jobId, attempt);
      },
      job: (jobId) => reader.job(jobId),
      list: (filter, limit, before) => reader.list(filter, limit, before),
      finished: (limit, behind) => reader.finished(limit, behind),
      dueCleanups: (at, limit) => {
        this.#throwOnce();
        return reader.dueCleanups(at, limit);
      },
      idempotency: (keys) => reader.idempotency(keys),
      events: (after, limit) => reader.events(after, limit),
      lastEventId: () => reader.lastEventId(),
      schedule: (name) => {
        this.#throwOnce();
        return reader.schedule(name);
      },
      schedules: (limit, skip) => reader.schedules(limit, skip),
      scheduleCount: () => reader.scheduleCount(),
      delivery: (deliveryId) => reader.delivery(deliveryId),
      deliveries: (state, limit, skip) => reader.deliveries(state, limit, skip),
      deliveryCount: (state) => reader.deliveryCount(state),
      dueDeliveries: (at, limit, hosts) => reader.dueDeliveries(at, limit, hosts),
      nextDeliveryAt: (after) => reader.nextDeliveryAt(after),
      webhooksUpTo: () => reader.webhooksUpTo(),
    };
  }

  #throwOnce(): void {
    const error = this.nextReadError;
    this.nextReadError = undefined;
    if (error) throw error;
  }
}
