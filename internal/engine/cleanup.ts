// Deletes finished workloads once their time to live is over, in small batches, while the cluster is reachable.
// The outcome of each deletion comes back through the engine as an event and clears the row; a lost one is tried again.
import type { Effect } from '../core/decisions.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Store } from '../store/store.ts';

export interface CleanupDeps {
  store: Store;
  clock: Clock;
  /** Whether calls to the cluster make sense now. */
  ready(): boolean;
  release(effects: Effect[]): void;
}

const intervalMs = 5_000;
const batch = 200;

export class Cleanup {
  readonly #deps: CleanupDeps;
  #cancel: CancelTimer | undefined;

  constructor(deps: CleanupDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel = this.#deps.clock.schedule(intervalMs, () => {
      if (this.#deps.ready()) this.sweep();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  sweep(): void {
    const { store, clock, release } = this.#deps;
    const due = store.reader.dueCleanups(clock.now(), batch);
    release(due.map(({ jobId, attempt }) => ({ kind: 'delete_workload', jobId, attempt, propagation: 'background' })));
  }
}
