// Never more than the cap: neither in the rows nor on the cluster, at no moment.
// Not counted is what nobody can prevent: somebody deletes the workload of a finished job while an earlier create of it,
// whose answer was lost, is still on its way, and so frees the name that kept the job from running again.
import type { Checker, TraceEntry } from '../trace.ts';
import { isOver, Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class CapChecker implements Checker {
  readonly #cap: number;
  readonly #rows = new Rows();
  readonly #outsider = new Set<string>();
  readonly #unfinished = new Map<string, string>();
  readonly #found: string[] = [];

  constructor(cap: number) {
    this.#cap = cap;
  }

  see(entry: TraceEntry): void {
    if (entry.kind === 'committed') {
      this.#rows.apply(entry.commit);
      this.#compare(
        entry.at,
        'jobs hold a slot',
        this.#rows.inState('running').map(({ jobId }) => jobId),
      );
    }
    if (entry.kind === 'outsider_deleted') this.#outsider.add(entry.jobId);
    if (entry.kind !== 'workload') return;
    const { uid, jobId, end } = workloadOf(entry.change);
    if (end || entry.change.type === 'DELETED') this.#unfinished.delete(uid);
    else if (entry.change.type === 'ADDED' && this.#isRunAgainByOthers(jobId)) return;
    else if (entry.change.type === 'ADDED' || this.#unfinished.has(uid)) this.#unfinished.set(uid, jobId);
    this.#compare(entry.at, 'workloads are unfinished on the cluster', [...this.#unfinished.values()]);
  }

  violations(): string[] {
    return this.#found;
  }

  #isRunAgainByOthers(jobId: string): boolean {
    const job = this.#rows.jobs.get(jobId);
    return this.#outsider.has(jobId) && job !== undefined && isOver(job);
  }

  #compare(at: number, what: string, jobIds: string[]): void {
    if (jobIds.length <= this.#cap) return;
    this.#found.push(`over the cap at ${at}: ${jobIds.length} ${what}, ${this.#cap} may: ${jobIds.join(' ')}`);
  }
}
