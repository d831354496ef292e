// What came to its own end is kept until its time to live is over: no deletion for a timeout or to give way takes it, however
// late it lands. Who cancels takes it all the same, and so do others; what a lost create makes after the attempt goes, too,
// and a finished one whose result was to be saved goes when it is.
// Where the wall clock is set ahead, that time is over earlier.
import type { Commit } from '../../store/store.ts';
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import type { Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class OwnEndChecker implements Checker {
  /** Workloads that ended before anybody deleted them, by uid. */
  readonly #ended = new Set<string>();
  /** Until when each is kept, by `<jobId>/<attempt>`, as if the clock had never been set; later only after a failure. */
  readonly #keptUntil = new Map<string, number>();
  readonly #outsider = new Set<string>();
  readonly #found = new Findings();
  /** How far the wall clock is off now, how far the program's was when it started, and all of it that was ahead. */
  #offMs = 0;
  #programOffMs = 0;
  #setAheadMs = 0;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'clock_jumped') this.#jump(entry.byMs);
    if (entry.kind === 'started') this.#programOffMs = this.#offMs;
    if (entry.kind === 'outsider_deleted') this.#outsider.add(entry.jobId);
    if (entry.kind === 'committed') this.#keep(entry.commit);
    if (entry.kind !== 'workload') return;
    const { uid, jobId, attempt, end, isDeleting } = workloadOf(entry.change);
    const isTaken = isDeleting || entry.change.type === 'DELETED';
    if (!isTaken && end) this.#ended.add(uid);
    if (!isTaken || !this.#ended.delete(uid) || this.#outsider.has(jobId)) return;
    if (!this.#mayGo(rows, jobId, attempt, entry.at))
      this.#found.add(
        `taken: the workload of ${jobId}/${attempt} was deleted at ${entry.at}, though it had ended by itself`,
      );
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #jump(byMs: number): void {
    this.#offMs += byMs;
    this.#setAheadMs += Math.max(0, byMs);
  }

  #keep({ attemptChanges }: Commit): void {
    for (const { jobId, attempt, set } of attemptChanges) {
      const key = `${jobId}/${attempt}`;
      if (set.cleanupAt && !this.#keptUntil.has(key))
        this.#keptUntil.set(key, set.cleanupAt - this.#programOffMs + this.#setAheadMs);
    }
  }

  #mayGo(rows: Rows, jobId: string, number: number, at: number): boolean {
    const attempt = rows.attempt(jobId, number);
    if (!attempt || attempt.cancelRequestedAt !== undefined) return true;
    if (attempt.finishedAt === undefined) return false;
    return (
      rows.jobs.get(jobId)?.rules?.results === true ||
      (this.#keptUntil.get(`${jobId}/${number}`) ?? 0) <= at + this.#setAheadMs
    );
  }
}
