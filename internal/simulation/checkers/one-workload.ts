// One workload per attempt: none before its attempt is written, none after its job is over, no second one for an attempt,
// and never two of a job at once. A second one of an attempt is tolerated only where the first was taken away on purpose (a
// cancel, a timeout, or somebody else) while an earlier create was still on its way; then too it must be gone in the end.
// The pods of a job that was cancelled, or gave way, are gone before its slot is free.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import { lastEnded, type Rows } from './rows.ts';
import { podOf, type Workload, workloadOf } from './workloads.ts';

interface Seen {
  /** Its workloads that are there, by uid. */
  present: Map<string, Workload>;
  /** The first uid of each attempt. */
  firstUids: Map<number, string>;
  livePods: Set<string>;
}

export class OneWorkloadChecker implements Checker {
  readonly #jobs = new Map<string, Seen>();
  readonly #taken = new Set<string>();
  readonly #outsider = new Set<string>();
  readonly #found = new Findings();

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'cancel_asked') this.#taken.add(entry.jobId);
    if (entry.kind === 'outsider_deleted') {
      this.#taken.add(entry.jobId);
      this.#outsider.add(entry.jobId);
    }
    if (entry.kind === 'committed') {
      for (const { jobId, from, to, set } of entry.changes) {
        if (set !== 'inserted' && set.reason === 'cancelling') this.#taken.add(jobId);
        if (from === 'running' && to !== 'running') this.#checkEnd(entry.at, jobId, rows);
      }
    }
    if (entry.kind === 'create_called') this.#called(entry, rows);
    if (entry.kind === 'workload') this.#workload(entry.at, entry.change.type, workloadOf(entry.change), rows);
    if (entry.kind === 'pod') this.#pod(podOf(entry.change));
  }

  violations(): readonly string[] {
    const left = [...this.#jobs].flatMap(([jobId, { present }]) =>
      [...present.keys()].map((uid) => `extra: the workload ${uid} of ${jobId} was left behind`),
    );
    return [...this.#found.sentences, ...left];
  }

  /** No effect before its commit, and none once the commit says that the job is over. */
  #called({ at, jobId, attempt }: Extract<TraceEntry, { kind: 'create_called' }>, rows: Rows): void {
    const state = rows.jobs.get(jobId)?.state;
    const what = `extra: the workload of ${jobId}/${attempt} was asked for at ${at}`;
    if (!rows.attempt(jobId, attempt)) this.#found.add(`${what}, before its row`);
    else if (state !== 'running') this.#found.add(`${what}, though the job is ${state}`);
  }

  #workload(at: number, type: string, workload: Workload, rows: Rows): void {
    const seen = this.#seen(workload.jobId);
    if (type === 'DELETED') seen.present.delete(workload.uid);
    else seen.present.set(workload.uid, workload);
    if (type === 'ADDED') this.#created(at, workload, seen, rows);
    if (type === 'DELETED') this.#forget(workload.jobId, seen, rows);
  }

  #created(at: number, { jobId, attempt, uid }: Workload, seen: Seen, rows: Rows): void {
    const what = `${jobId}/${attempt} at ${at}`;
    const unfinished = [...seen.present.values()].filter(({ end }) => !end);
    const job = rows.jobs.get(jobId);
    const byOthers = this.#outsider.has(jobId) && job !== undefined && attempt <= lastEnded(job);
    if (unfinished.length > 1 && !byOthers)
      this.#found.add(`overlap: a workload of ${what} was made while another one runs`);
    const first = seen.firstUids.get(attempt);
    if (first === undefined) seen.firstUids.set(attempt, uid);
    else if (!this.#taken.has(jobId)) this.#found.add(`extra: a second workload of ${what} was made`);
    if (!job || !rows.attempt(jobId, attempt)) this.#found.add(`extra: the workload of ${what} came before its row`);
    else if (attempt <= lastEnded(job) && !byOthers) {
      this.#found.add(`extra: a workload of ${what} was made, after that attempt ended; the job is ${job.state}`);
    }
  }

  /** A job that leaves `running` must not leave anything running behind. */
  #checkEnd(at: number, jobId: string, rows: Rows): void {
    const seen = this.#jobs.get(jobId);
    const job = rows.jobs.get(jobId);
    const state = job?.state;
    const lastAttempt = job && rows.attempt(jobId, job.attempt);
    if (!seen) return;
    for (const { uid, end } of seen.present.values()) {
      if (!end) this.#found.add(`overlap: ${jobId} became ${state} at ${at} while its workload ${uid} was unfinished`);
    }
    const gaveWay = lastAttempt?.outcome === 'gave_way';
    if ((state === 'cancelled' || gaveWay) && seen.livePods.size > 0 && !this.#outsider.has(jobId)) {
      this.#found.add(`overlap: ${jobId} became ${state} at ${at} while its pods were there`);
    }
    this.#forget(jobId, seen, rows);
  }

  #pod({ uid, jobId, isEnded }: { uid: string; jobId: string; isEnded: boolean }): void {
    const { livePods } = this.#seen(jobId);
    if (isEnded) livePods.delete(uid);
    else livePods.add(uid);
  }

  #seen(jobId: string): Seen {
    let seen = this.#jobs.get(jobId);
    if (!seen) {
      seen = { present: new Map(), firstUids: new Map(), livePods: new Set() };
      this.#jobs.set(jobId, seen);
    }
    return seen;
  }

  #forget(jobId: string, { present }: Seen, rows: Rows): void {
    if (present.size === 0 && !rows.jobs.has(jobId)) this.#jobs.delete(jobId);
  }
}
