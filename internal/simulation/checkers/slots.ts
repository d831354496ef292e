// Everything ends: once nothing fails any more every job is finished, and a slot is held only while there is something to
// run. How soon a slot must be free again when its workload is over, the program runs and nothing fails, is bounded by
// how a silent watch is noticed, and by how long a lost create may still land.
import type { Checker, TraceEntry } from '../trace.ts';
import { Findings } from './findings.ts';
import { isOver, type JobRow, type Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

/** Twice 75 s of a silent watch, or 90 s for a lost create and a call that hangs; and pauses after failures before. */
const longestHoldMs = 200_000;

export class SlotChecker implements Checker {
  /** When the job's last workload ended; absent while one runs. */
  readonly #endedAt = new Map<string, number>();
  readonly #found = new Findings();
  /** Since when nothing fails and the program runs. */
  #wellSince: number | undefined;

  see(entry: TraceEntry, rows: Rows): void {
    if (entry.kind === 'faults_ended') this.#wellSince = entry.at;
    if (entry.kind === 'started' && this.#wellSince !== undefined) this.#wellSince = entry.at;
    if (entry.kind === 'workload') {
      const { jobId, attempt, end } = workloadOf(entry.change);
      // What becomes of earlier attempts’ workloads has nothing to do with the slot that is held now.
      if (attempt < (rows.jobs.get(jobId)?.attempt ?? 0)) return;
      if (!end && entry.change.type !== 'DELETED') this.#endedAt.delete(jobId);
      else if (!this.#endedAt.has(jobId)) this.#endedAt.set(jobId, entry.at);
    }
    if (entry.kind !== 'committed') return;
    for (const { jobId } of entry.commit.attempts) this.#endedAt.delete(jobId);
    for (const { jobId, from, to } of entry.changes) {
      if (from === 'running' && to !== 'running') this.#freed(entry.at, jobId, rows.jobs.get(jobId)?.name ?? jobId);
    }
  }

  violations(): readonly string[] {
    return [];
  }

  /** What is not finished now, or was for too long. */
  unfinished(rows: Rows): string[] {
    const left = [...rows.jobs.values()].filter((job) => !isOver(job)).map((job) => this.#sentence(job));
    return [...this.#found.sentences, ...left];
  }

  #freed(at: number, jobId: string, name: string): void {
    const endedAt = this.#endedAt.get(jobId);
    if (endedAt === undefined || this.#wellSince === undefined) return;
    const heldMs = at - Math.max(endedAt, this.#wellSince);
    if (heldMs > longestHoldMs)
      this.#found.add(`leaked slot: ${name} kept it for ${Math.round(heldMs / 1_000)} s after its workload was over`);
  }

  #sentence({ jobId, name, state, reason }: JobRow): string {
    const how = `${name} is ${state} (${reason ?? 'no reason'})`;
    if (state === 'running' && this.#endedAt.has(jobId)) return `leaked slot: ${how} and its workload is over`;
    return `not finished: ${how}`;
  }
}
