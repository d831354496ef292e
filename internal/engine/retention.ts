// Forgets what nobody needs any more: idempotency keys after their day, and finished jobs once they were kept long enough.
// In small batches with pauses, so that jobs never wait for it. A store that fails is asked again at the next sweep.
import type { CancelTimer, Clock } from '../platform/clock.ts';
import { type Pruned, type Store, StoreFailure } from '../store/store.ts';
import { idempotencyMs } from './submissions.ts';

export interface RetentionDeps {
  store: Pick<Store, 'prune'>;
  clock: Clock;
  /** How long finished jobs are kept; undefined keeps them for ever. */
  keepFinishedMs: number | undefined;
  /** Told after each batch. */
  pruned(what: Pruned): void;
}

const intervalMs = 60_000;
const betweenBatchesMs = 50;
const batch = 500;

export class Retention {
  readonly #deps: RetentionDeps;
  #cancel: CancelTimer | undefined;
  #sweeping: Promise<void> | undefined;
  #stopped = false;

  constructor(deps: RetentionDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#sweepAfter(intervalMs);
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#sweeping;
  }

  #sweepAfter(ms: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#deps.clock.schedule(ms, () => {
      this.#sweeping = this.#sweep().then((isMore) => this.#sweepAfter(isMore ? betweenBatchesMs : intervalMs));
    });
  }

  /** Whether there may be more to forget. */
  async #sweep(): Promise<boolean> {
    const { store, clock, keepFinishedMs, pruned } = this.#deps;
    const now = clock.now();
    const finishedBefore = keepFinishedMs === undefined ? {} : { finishedBefore: now - keepFinishedMs };
    try {
      const gone = await store.prune({ keysBefore: now - idempotencyMs, ...finishedBefore, limit: batch });
      pruned(gone);
      const jobs = Object.values(gone.jobs).reduce((sum, count) => sum + count, 0);
      return gone.keys === batch || jobs === batch;
    } catch (error) {
      if (error instanceof StoreFailure) return false;
      throw error;
    }
  }
}
