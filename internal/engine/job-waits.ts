// Callers that wait for the end of a job: one look at the rows when they come, then the stream of events tells, however
// many there are.
import { isFinished } from '../../pkg/models/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { JobEvent, StoreReader } from '../store/store.ts';
import type { EventHub } from './event-hub.ts';

export interface JobWaitsDeps {
  hub: EventHub;
  reader: Pick<StoreReader, 'jobs'>;
  clock: Clock;
}

export class JobWaits {
  readonly #deps: JobWaitsDeps;
  readonly #waiting = new Map<string, Set<() => void>>();
  #stop: (() => void) | undefined;

  constructor(deps: JobWaitsDeps) {
    this.#deps = deps;
  }

  /** Resolves when the job has ended or is not there, after `timeoutMs`, or when `signal` aborts. */
  ended(jobId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        signal.removeEventListener('abort', done);
        this.#forget(jobId, done);
        resolve();
      };
      const cancel = this.#deps.clock.schedule(timeoutMs, done);
      signal.addEventListener('abort', done, { once: true });
      this.#remember(jobId, done);
      const [job] = this.#deps.reader.jobs([jobId]);
      if (!job || isFinished(job.state) || signal.aborted) done();
    });
  }

  #remember(jobId: string, done: () => void): void {
    this.#stop ??= this.#deps.hub.listen((events) => this.#told(events)).stop;
    const waiting = this.#waiting.get(jobId) ?? new Set();
    this.#waiting.set(jobId, waiting.add(done));
  }

  #forget(jobId: string, done: () => void): void {
    const waiting = this.#waiting.get(jobId);
    waiting?.delete(done);
    if (waiting?.size === 0) this.#waiting.delete(jobId);
    if (this.#waiting.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #told(events: readonly JobEvent[]): void {
    for (const { jobId, state } of events) {
      if (!isFinished(state)) continue;
      for (const done of [...(this.#waiting.get(jobId) ?? [])]) done();
    }
  }
}
