// Deletes finished workloads once their time to live is over, in small batches, while the cluster is reachable.
// Rows that cannot be had now are asked for again at the next sweep. The outcome of each deletion comes back through the
// engine as an event and clears or postpones the row; one that was lost is asked for again. A batch whose answers are slow
// to come is not added to.
// What finished before the start waits until no create of the program before can land any more: by how much the wall clock
// was set in between, and so whether the rows' times are over, nobody knows.
import type { Attempt } from '../../pkg/models/index.ts';
import type { Effect } from '../core/decisions.ts';
import type { DeleteAnswered } from '../core/events.ts';
import { lateCreateMs } from '../core/policies/late-create.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { type Store, whenReadable } from '../store/store.ts';

export interface CleanupDeps {
  store: Store;
  clock: Clock;
  /** Whether calls to the cluster make sense now. */
  ready(): boolean;
  release(effects: Effect[]): void;
  /** Without it, nobody. */
  results?: CleanupResults;
}

/** Who may need workloads beyond their time to live, for a day at most. */
export interface CleanupResults {
  /** Whether the result of this finished attempt may still be saved. */
  awaited(jobId: string, attempt: Attempt): boolean;
  jobTtlMs: number;
  /** That it is not deleted now: its row goes to the end of the line, so that it keeps no other from being cleaned up. */
  emit(event: DeleteAnswered): void;
  logger: Logger;
}

const intervalMs = 1_000;
const batch = 200;
/** Beyond the time to live. */
const longestAwaitedMs = 24 * 3_600_000;
/** After this long without an answer a deletion counts as lost. */
const lostAfterMs = 60_000;

export class Cleanup {
  readonly #deps: CleanupDeps;
  /** When each deletion was last asked for, oldest first. */
  readonly #asked = new Map<string, number>();
  #startedAt = Number.NEGATIVE_INFINITY;
  #cancel: CancelTimer | undefined;

  constructor(deps: CleanupDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#startedAt = this.#deps.clock.now();
    this.#sweepLater();
  }

  stop(): void {
    this.#cancel?.();
  }

  #sweepLater(): void {
    this.#cancel = this.#deps.clock.schedule(intervalMs, () => {
      if (this.#deps.ready()) this.sweep();
      this.#sweepLater();
    });
  }

  sweep(): void {
    const { store, clock, release, results } = this.#deps;
    const now = clock.now();
    this.#forgetLost(now);
    const effects: Effect[] = [];
    for (const { jobId, attempt } of whenReadable(() => store.reader.dueCleanups(now, batch), [])) {
      const key = `${jobId}/${attempt.attempt}`;
      if (this.#asked.has(key) || this.#mayStillLand(attempt, now)) continue;
      this.#asked.set(key, now);
      if (this.#isAwaited(jobId, attempt, now)) {
        results?.emit({ ...{ kind: 'delete_answered', at: now, jobId }, attempt: attempt.attempt, outcome: 'failed' });
        continue;
      }
      effects.push({ kind: 'delete_workload', jobId, attempt, propagation: 'background' });
    }
    release(effects);
  }

  #mayStillLand({ finishedAt = 0 }: Attempt, now: number): boolean {
    return now < this.#startedAt + lateCreateMs && finishedAt < this.#startedAt;
  }

  #isAwaited(jobId: string, attempt: Attempt, now: number): boolean {
    const { results } = this.#deps;
    if (!results?.awaited(jobId, attempt)) return false;
    if (now < (attempt.finishedAt ?? 0) + results.jobTtlMs + longestAwaitedMs) return true;
    results.logger.warn(
      { jobId, attempt: attempt.attempt },
      'a workload is deleted though its result could not be saved for a day',
    );
    return false;
  }

  #forgetLost(now: number): void {
    for (const [key, askedAt] of this.#asked) {
      if (now - askedAt < lostAfterMs) return;
      this.#asked.delete(key);
    }
  }
}
