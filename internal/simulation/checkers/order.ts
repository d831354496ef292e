// Exact order: whenever a job is dispatched, no pending job that could run is more important, or as important and
// earlier; a job that a quota refused waits for its next try and may be passed by. And the position that a caller is told
// is the number of pending jobs that were in front.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { JobRow, RowChange, Rows } from './rows.ts';

type Committed = Extract<TraceEntry, { kind: 'committed' }>;

export class OrderChecker implements Checker {
  readonly #found = new Findings();
  readonly #positions = new Map<string, number>();
  #lastDispatch = 0;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'accepted') this.#checkPosition(entry);
    if (entry.kind !== 'committed') return;
    this.#notePositions(entry, rows);
    if (entry.commit.attempts.length > 0) this.#checkDispatches(entry, rows);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #checkDispatches({ at, commit }: Committed, rows: Rows): void {
    const started = [...commit.attempts].sort((a, b) => a.attempt.dispatchSequence - b.attempt.dispatchSequence);
    this.#checkSequence(started);
    const waiting = [...rows.pending.values()].filter(({ reason }) => reason !== 'quota_refused');
    const jobs = started.flatMap(({ jobId }) => rows.jobs.get(jobId) ?? []);
    for (const [index, job] of jobs.entries()) {
      for (const other of waiting) this.#checkPair(at, job, other);
      for (const later of jobs.slice(index + 1)) this.#checkPair(at, job, later);
    }
  }

  #checkPair(at: number, dispatched: JobRow, other: JobRow): void {
    if (!goesFirst(other, dispatched)) return;
    this.#found.add(`out of order at ${at}: ${describe(dispatched)} was dispatched before ${describe(other)}`);
  }

  #checkSequence(started: Committed['commit']['attempts']): void {
    for (const { jobId, attempt } of started) {
      const { dispatchSequence } = attempt;
      if (dispatchSequence !== this.#lastDispatch + 1) {
        this.#found.add(`out of order: ${jobId} has dispatch number ${dispatchSequence} after ${this.#lastDispatch}`);
      }
      this.#lastDispatch = dispatchSequence;
    }
  }

  /** Only of turns in which nothing else moved the queue: what came first within a turn cannot be seen from outside. */
  #notePositions({ changes }: Committed, rows: Rows): void {
    const inserted = changes.filter((change) => change.set === 'inserted');
    if (inserted.length === 0 || !changes.every((change) => change.set === 'inserted' || isDispatch(change))) return;
    const before = changes.filter(isDispatch).flatMap(({ jobId }) => rows.jobs.get(jobId) ?? []);
    const queue = [...rows.pending.values(), ...before];
    for (const { jobId } of inserted) {
      const job = rows.jobs.get(jobId);
      if (job) this.#positions.set(jobId, queue.filter((other) => isAhead(other, job)).length);
    }
  }

  #checkPosition({ at, jobId, name, position }: Extract<TraceEntry, { kind: 'accepted' }>): void {
    const expected = this.#positions.get(jobId);
    this.#positions.delete(jobId);
    if (expected === undefined || expected === position) return;
    this.#found.add(`out of order at ${at}: ${name} was told position ${position}, and ${expected} were in front`);
  }
}

function isDispatch({ from, to }: RowChange): boolean {
  return from === 'pending' && to === 'running';
}

function isAhead(other: JobRow, job: JobRow): boolean {
  return other.sequence < job.sequence && goesFirst(other, job);
}

function goesFirst(a: JobRow, b: JobRow): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.sequence < b.sequence);
}

function describe({ name, priority, sequence }: JobRow): string {
  return `${name} (priority ${priority}, accepted as number ${sequence})`;
}
