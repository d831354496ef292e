// One workload per attempt: none before its attempt is written, none after its job is over, and no second one for an
// attempt. A second is tolerated only where the first was taken away on purpose (a cancel, or somebody else) while an
// earlier create was still on its way; then too it must be gone in the end.
import type { Checker, TraceEntry } from '../trace.ts';
import { isOver, Rows } from './rows.ts';
import { type Workload, workloadOf } from './workloads.ts';

/** From the decision to create to the end of the last call about it. */
const longestCallMs = 60_000;

export class OneWorkloadChecker implements Checker {
  readonly #rows = new Rows();
  readonly #uidsOf = new Map<string, Set<string>>();
  readonly #present = new Map<string, Workload>();
  readonly #taken = new Set<string>();
  readonly #outsider = new Set<string>();
  readonly #found: string[] = [];
  #storeFailedAt = Number.NEGATIVE_INFINITY;

  see(entry: TraceEntry): void {
    if (entry.kind === 'cancel_asked') this.#taken.add(entry.jobId);
    if (entry.kind === 'outsider_deleted') {
      this.#taken.add(entry.jobId);
      this.#outsider.add(entry.jobId);
    }
    if (entry.kind === 'committed') {
      this.#rows.apply(entry.commit);
      for (const { jobId, set } of entry.commit.jobChanges) if (set.state) this.#checkEnd(entry.at, jobId);
    }
    if (entry.kind === 'store_failed') this.#storeFailedAt = entry.at;
    if (entry.kind === 'create_called') this.#called(entry.at, entry.jobId, entry.attempt);
    if (entry.kind === 'workload') this.#workload(entry.at, entry.change.type, workloadOf(entry.change));
  }

  violations(): string[] {
    const left = [...this.#present.values()].map(({ jobId, uid }) => `the workload ${uid} of ${jobId} was left behind`);
    return [...this.#found, ...left];
  }

  /**
   * No effect before its commit, and none once the commit says that the job is over. A rebuilt program may not know of
   * a create that it was about to send before; that one finds its name taken by the finished workload.
   */
  #called(at: number, jobId: string, attempt: number): void {
    const job = this.#rows.jobs.get(jobId);
    const key = `${jobId}/${attempt}`;
    if (!this.#rows.attempts.has(key)) this.#found.push(`the workload of ${key} was asked for before its row at ${at}`);
    else if (job?.state !== 'running' && at - this.#storeFailedAt > longestCallMs) {
      this.#found.push(`the workload of ${key} was asked for at ${at}, though the job is ${job?.state}`);
    }
  }

  #workload(at: number, type: string, workload: Workload): void {
    if (type === 'DELETED') this.#present.delete(workload.uid);
    else this.#present.set(workload.uid, workload);
    if (type === 'ADDED') this.#created(at, workload);
  }

  #created(at: number, { jobId, attempt, uid }: Workload): void {
    const key = `${jobId}/${attempt}`;
    const uids = this.#uidsOf.get(key) ?? new Set();
    this.#uidsOf.set(key, uids.add(uid));
    if (uids.size > 1 && !this.#taken.has(jobId)) this.#found.push(`a second workload of ${key} was made at ${at}`);
    const job = this.#rows.jobs.get(jobId);
    if (!job || !this.#rows.attempts.has(key)) this.#found.push(`the workload of ${key} came before its row at ${at}`);
    else if (isOver(job) && !this.#outsider.has(jobId)) {
      this.#found.push(`a workload of ${key} was made at ${at}, after the job was ${job.state}`);
    }
  }

  /** A job that leaves `running` must not leave anything running behind. */
  #checkEnd(at: number, jobId: string): void {
    const job = this.#rows.jobs.get(jobId);
    if (!job || job.state === 'running') return;
    for (const workload of this.#present.values()) {
      if (workload.jobId !== jobId || workload.end) continue;
      this.#found.push(`${jobId} became ${job.state} at ${at} while its workload ${workload.uid} was unfinished`);
    }
  }
}
