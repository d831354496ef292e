// Never submitted twice: whatever was lost in between, the same request under the same key comes to the same job, another
// request under that key is refused, and of several jobs in one request all are accepted, or none.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';

export class KeyChecker implements Checker {
  /** What was first answered, by name. */
  readonly #answered = new Map<string, { jobId: string; position: number }>();
  readonly #fingerprints = new Map<string, string>();
  readonly #batches = new Map<string, readonly string[]>();
  readonly #found = new Findings();

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'submitted') this.#submitted(entry);
    if (entry.kind === 'accepted') this.#accepted(entry);
    if (entry.kind === 'submission_refused' && entry.code === 'idempotency_key_reused') this.#refused(entry);
    if (entry.kind === 'committed') this.#checkBatches(entry, rows);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #submitted({ name, key, batch }: Extract<TraceEntry, { kind: 'submitted' }>): void {
    if (batch.length > 1) this.#batches.set(name, batch);
    // A key belongs to whom it was given first: the callers try another request under it only after an answer.
    if (key && !this.#fingerprints.has(key.key)) this.#fingerprints.set(key.key, key.fingerprint);
  }

  #accepted({ at, name, jobId, position, key }: Extract<TraceEntry, { kind: 'accepted' }>): void {
    if (!key) return;
    if (this.#fingerprints.get(key.key) !== key.fingerprint) {
      this.#found.add(`key: at ${at} ${name} was accepted under a key that stands for another request`);
      return;
    }
    const first = this.#answered.get(name);
    this.#answered.set(name, first ?? { jobId, position });
    if (!first || (first.jobId === jobId && first.position === position)) return;
    this.#found.add(
      `key: at ${at} ${name} was ${jobId} at position ${position}, and ${first.jobId} at ${first.position}`,
    );
  }

  #refused({ at, name, key }: Extract<TraceEntry, { kind: 'submission_refused' }>): void {
    if (!key || this.#fingerprints.get(key.key) !== key.fingerprint) return;
    this.#found.add(`key: at ${at} ${name} was refused, and its key is its own`);
  }

  #checkBatches({ at, changes }: Extract<TraceEntry, { kind: 'committed' }>, rows: Rows): void {
    const inserted = changes.filter(({ set }) => set === 'inserted');
    if (inserted.length === 0) return;
    const names = new Set(inserted.map(({ jobId }) => rows.jobs.get(jobId)?.name ?? ''));
    for (const name of names) {
      const missing = (this.#batches.get(name) ?? []).filter((other) => !names.has(other));
      if (missing.length > 0) this.#found.add(`key: at ${at} ${name} was written without ${missing.join(' ')}`);
    }
  }
}
