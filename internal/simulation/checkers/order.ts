// Exact order: whenever a job is dispatched, no pending job that could run is more important, or as important and
// earlier. A job that a quota refused waits for its next try and may be passed by.
import type { Commit } from '../../store/store.ts';
import type { Checker, TraceEntry } from '../trace.ts';
import { type JobRow, Rows } from './rows.ts';

export class OrderChecker implements Checker {
  readonly #rows = new Rows();
  readonly #found: string[] = [];
  #lastDispatch = 0;

  see(entry: TraceEntry): void {
    if (entry.kind !== 'committed') return;
    this.#rows.apply(entry.commit);
    const started = [...entry.commit.attempts].sort((a, b) => a.attempt.dispatchSequence - b.attempt.dispatchSequence);
    this.#checkSequence(started);
    const jobs = started.flatMap(({ jobId }) => this.#rows.jobs.get(jobId) ?? []);
    for (const [index, job] of jobs.entries()) {
      const later = jobs.slice(index + 1);
      for (const other of [...this.#waiting(), ...later]) this.#checkPair(entry.at, job, other);
    }
  }

  violations(): string[] {
    return this.#found;
  }

  #waiting(): JobRow[] {
    return this.#rows.inState('pending').filter(({ reason }) => reason !== 'quota_refused');
  }

  #checkPair(at: number, dispatched: JobRow, other: JobRow): void {
    if (!goesFirst(other, dispatched)) return;
    this.#found.push(`out of order at ${at}: ${describe(dispatched)} was dispatched before ${describe(other)}`);
  }

  #checkSequence(started: Commit['attempts']): void {
    for (const { jobId, attempt } of started) {
      if (attempt.dispatchSequence === this.#lastDispatch + 1) {
        this.#lastDispatch = attempt.dispatchSequence;
        continue;
      }
      const { dispatchSequence } = attempt;
      this.#found.push(`${jobId} has dispatch number ${dispatchSequence} after ${this.#lastDispatch}`);
    }
  }
}

function goesFirst(a: JobRow, b: JobRow): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence);
}

function describe({ name, priority, sequence }: JobRow): string {
  return `${name} (priority ${priority}, accepted as number ${sequence})`;
}
