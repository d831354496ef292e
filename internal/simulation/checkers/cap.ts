// Never more than the cap: neither in the rows nor on the cluster, at no moment.
import type { Checker, TraceEntry } from '../trace.ts';
import { Rows } from './rows.ts';
import { workloadOf } from './workloads.ts';

export class CapChecker implements Checker {
  readonly #cap: number;
  readonly #rows = new Rows();
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
    if (entry.kind !== 'workload') return;
    const { uid, jobId, end } = workloadOf(entry.change);
    if (end || entry.change.type === 'DELETED') this.#unfinished.delete(uid);
    else this.#unfinished.set(uid, jobId);
    this.#compare(entry.at, 'workloads are unfinished on the cluster', [...this.#unfinished.values()]);
  }

  violations(): string[] {
    return this.#found;
  }

  #compare(at: number, what: string, jobIds: string[]): void {
    if (jobIds.length <= this.#cap) return;
    this.#found.push(`over the cap at ${at}: ${jobIds.length} ${what}, ${this.#cap} may: ${jobIds.join(' ')}`);
  }
}
