// Accepted means durable: the row is there before the caller hears of it, nothing that was written goes back to an
// earlier state, and in the end every accepted job is finished.
import type { Commit } from '../../store/store.ts';
import type { Checker, TraceEntry } from '../trace.ts';
import { isOver, type JobRow, Rows } from './rows.ts';

/** Which state may follow which, said once more and on its own: a checker that asks the program believes the program. */
const successors: Partial<Record<JobRow['state'], ReadonlyArray<JobRow['state']>>> = {
  pending: ['running', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'pending'],
};

export class DurabilityChecker implements Checker {
  readonly #rows = new Rows();
  readonly #accepted = new Set<string>();
  readonly #found: string[] = [];

  see(entry: TraceEntry): void {
    if (entry.kind === 'accepted') this.#accept(entry.jobId, entry.name);
    if (entry.kind !== 'committed') return;
    this.#checkTransitions(entry.at, entry.commit);
    this.#rows.apply(entry.commit);
  }

  violations(): string[] {
    const unfinished = [...this.#rows.jobs.values()].filter((job) => !isOver(job));
    return [
      ...this.#found,
      ...unfinished.map(({ name, state, reason }) => `not finished: ${name} is ${state} (${reason ?? 'no reason'})`),
    ];
  }

  /** Accepted job ids, to be looked up in the store at the end. */
  get accepted(): ReadonlySet<string> {
    return this.#accepted;
  }

  #accept(jobId: string, name: string): void {
    if (this.#accepted.has(jobId)) this.#found.push(`two jobs were accepted with the id ${jobId}`);
    this.#accepted.add(jobId);
    if (!this.#rows.jobs.has(jobId)) this.#found.push(`${name} was accepted before it was written`);
  }

  #checkTransitions(at: number, commit: Commit): void {
    for (const { jobId } of commit.inserts) {
      if (this.#rows.jobs.has(jobId)) this.#found.push(`${jobId} was inserted twice`);
    }
    const states = new Map(commit.inserts.map(({ jobId, state }) => [jobId, state]));
    for (const { jobId, set } of commit.jobChanges) {
      const from = states.get(jobId) ?? this.#rows.jobs.get(jobId)?.state;
      if (from === undefined) this.#found.push(`a change at ${at} names ${jobId}, which has no row`);
      else if (set.state && !successors[from]?.includes(set.state)) {
        this.#found.push(`${jobId} went from ${from} to ${set.state} at ${at}`);
      } else if (set.state === undefined && set.priority !== undefined && from !== 'pending') {
        this.#found.push(`${jobId} got a new priority while it was ${from} at ${at}`);
      }
      if (set.state) states.set(jobId, set.state);
    }
  }
}
