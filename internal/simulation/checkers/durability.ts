// Accepted means durable: the row is there before the caller hears of it, what a caller was told is accepted is in the
// store in the end, and each submission makes one job at most.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';

export class DurabilityChecker implements Checker {
  readonly #submitted = new Set<string>();
  readonly #inserted = new Set<string>();
  /** The names by the ids. */
  readonly #accepted = new Map<string, string>();
  readonly #found = new Findings();

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submitted.add(entry.name);
    if (entry.kind === 'accepted') this.#accept(entry, rows);
    if (entry.kind !== 'committed') return;
    for (const { jobId, from, set } of entry.changes) {
      if (set !== 'inserted') continue;
      if (from !== undefined) this.#found.add(`extra: ${jobId} was inserted twice`);
      this.#insert(rows.jobs.get(jobId)?.name ?? jobId);
    }
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  /** Accepted job ids, to be looked up in the store at the end. */
  get accepted(): Iterable<string> {
    return this.#accepted.keys();
  }

  #insert(name: string): void {
    if (!this.#submitted.has(name)) this.#found.add(`extra: nobody submitted ${name}`);
    if (this.#inserted.has(name)) this.#found.add(`extra: the submission ${name} became two jobs`);
    this.#inserted.add(name);
  }

  #accept({ jobId, name, key }: Extract<TraceEntry, { kind: 'accepted' }>, rows: Rows): void {
    const before = this.#accepted.get(jobId);
    const isSame = before === undefined || (key && before === name);
    if (!isSame) this.#found.add(`extra: two jobs were accepted with the id ${jobId}`);
    this.#accepted.set(jobId, name);
    if (rows.jobs.get(jobId)?.name !== name) this.#found.add(`lost: ${name} was accepted before it was written`);
  }
}
