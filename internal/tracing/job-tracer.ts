// Follows the committed state changes and tells the spans that they end. It reads rows and changes nothing; what it cannot
// read now is left out of the trace, for a trace is not worth holding anything up.
import type { FinishedSpan, Tracing } from '../platform/tracing.ts';
import { type JobEvent, type StoreReader, whenReadable } from '../store/store.ts';
import { resultSpan, spansEndedBy } from './job-spans.ts';

export interface JobTracerDeps {
  tracing: Tracing;
  reader: Pick<StoreReader, 'job'>;
  listen(listener: (events: readonly JobEvent[]) => void): { stop: () => void };
}

export class JobTracer {
  readonly #deps: JobTracerDeps;
  #stop: (() => void) | undefined;

  constructor(deps: JobTracerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stop ??= this.#deps.listen((events) => {
      for (const event of events) this.#tell(event);
    }).stop;
  }

  stop(): void {
    this.#stop?.();
  }

  /** The result of an attempt was saved. */
  saved(jobId: string, attempt: number, at: number): void {
    const job = whenReadable(() => this.#deps.reader.job(jobId), undefined);
    const span = job && resultSpan(job, attempt, at);
    if (span) this.#deps.tracing.record(span);
  }

  #tell(event: JobEvent): void {
    const job = whenReadable(() => this.#deps.reader.job(event.jobId), undefined);
    const spans: FinishedSpan[] = job ? spansEndedBy(job, event) : [];
    for (const span of spans) this.#deps.tracing.record(span);
  }
}
