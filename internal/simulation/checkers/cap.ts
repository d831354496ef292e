// Never more than the cap: neither in the rows nor on the cluster, at no moment. A cap that was lowered takes no slot away
// from who has one, but while more run than may, nothing is dispatched.
// Not counted is what nobody can prevent: somebody deletes the workload of a finished job while an earlier create of it,
// whose answer was lost, is still on its way, and so frees the name that kept that attempt from running again.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import { isOver, lastEnded, type Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class CapChecker implements Checker {
  readonly #outsider = new Set<string>();
  readonly #unfinished = new Map<string, string>();
  readonly #found = new Findings();
  #cap = 0;
  /** How many may run: the cap, or those that ran already when it was lowered. */
  #limit = 0;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'started') {
      this.#setCap((entry.isCapGiven ? undefined : rows.settings.maxConcurrency) ?? entry.maxConcurrency, rows);
    }
    if (entry.kind === 'committed') this.#countRows(entry, rows);
    if (entry.kind === 'outsider_deleted') this.#outsider.add(entry.jobId);
    if (entry.kind === 'workload') this.#countWorkloads(entry, rows);
  }

  violations(): readonly string[] {
    return this.#found.sentences;
  }

  #setCap(cap: number, { running }: Rows): void {
    this.#cap = cap;
    this.#limit = Math.max(cap, running.size);
  }

  #countRows({ at, commit }: Extract<TraceEntry, { kind: 'committed' }>, rows: Rows): void {
    const { running } = rows;
    // What starts in the commit that sets a cap starts under the new one.
    const { maxConcurrency } = commit.settings;
    if (maxConcurrency !== undefined) this.#setCap(maxConcurrency, rows);
    const most = commit.attempts.length > 0 ? this.#cap : this.#limit;
    this.#limit = Math.max(this.#cap, Math.min(this.#limit, running.size));
    if (running.size > most) this.#tell(at, 'jobs hold a slot', most, [...running.keys()]);
  }

  #countWorkloads({ at, change }: Extract<TraceEntry, { kind: 'workload' }>, rows: Rows): void {
    const { uid, jobId, attempt, end } = workloadOf(change);
    if (end || change.type === 'DELETED') this.#unfinished.delete(uid);
    else if (change.type === 'ADDED' && this.#isRunAgainByOthers(jobId, attempt, rows)) return;
    else if (change.type === 'ADDED' || this.#unfinished.has(uid)) this.#unfinished.set(uid, jobId);
    if (this.#unfinished.size <= this.#limit) return;
    this.#tell(at, 'workloads are unfinished on the cluster', this.#limit, [...this.#unfinished.values()]);
  }

  #isRunAgainByOthers(jobId: string, attempt: number, rows: Rows): boolean {
    const job = rows.jobs.get(jobId);
    return this.#outsider.has(jobId) && job !== undefined && (isOver(job) || attempt <= lastEnded(job));
  }

  #tell(at: number, what: string, most: number, jobIds: string[]): void {
    this.#found.add(`over the cap at ${at}: ${jobIds.length} ${what}, ${most} may: ${jobIds.join(' ')}`);
  }
}
