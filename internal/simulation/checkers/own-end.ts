// What came to its own end is kept until its time to live is over: no deletion for a timeout or to give way takes it, however
// late it lands. Who cancels takes it all the same, and so do others; what a lost create makes after the attempt goes, too.
// Says nothing after the wall clock was set ahead, for then that time is over earlier.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class OwnEndChecker implements Checker {
  /** Workloads that ended before anybody deleted them, by uid. */
  readonly #ended = new Set<string>();
  readonly #outsider = new Set<string>();
  readonly #found = new Findings();
  #clockWasSetAhead = false;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'clock_jumped' && entry.byMs > 0) this.#clockWasSetAhead = true;
    if (entry.kind === 'outsider_deleted') this.#outsider.add(entry.jobId);
    if (entry.kind !== 'workload') return;
    const { uid, jobId, attempt, end, isDeleting } = workloadOf(entry.change);
    const isTaken = isDeleting || entry.change.type === 'DELETED';
    if (!isTaken && end) this.#ended.add(uid);
    if (!isTaken || !this.#ended.delete(uid) || this.#clockWasSetAhead || this.#outsider.has(jobId)) return;
    if (!mayGo(rows, jobId, attempt, entry.at))
      this.#found.add(
        `taken: the workload of ${jobId}/${attempt} was deleted at ${entry.at}, though it had ended by itself`,
      );
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }
}

function mayGo(rows: Rows, jobId: string, number: number, at: number): boolean {
  const attempt = rows.attempt(jobId, number);
  if (!attempt || attempt.cancelRequestedAt !== undefined) return true;
  return attempt.finishedAt !== undefined && (attempt.cleanupAt ?? 0) <= at;
}
