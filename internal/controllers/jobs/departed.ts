// What left the local copy and may still be needed: a Job as it was last seen, and the first few of its pods that failed.
// A pod that was evicted or deleted is taken away as soon as its end was counted, before the Job is told to have failed,
// and a Job may end and be deleted at once; then nobody else can say how they ended. Kept until it is forgotten; it reads
// nothing and judges nothing.
import type { JobRecord, PodRecord } from './records.ts';

/** The first to fail explains a failure. */
const fewPods = 3;

interface Left {
  job?: JobRecord;
  pods: PodRecord[];
}

export class Departed {
  readonly #left = new Map<string, Left>();

  jobLeft(key: string, job: JobRecord): void {
    this.#left.set(key, { job, pods: this.pods(key) });
  }

  jobIsThere(key: string): void {
    delete this.#left.get(key)?.job;
  }

  /** Those of a JobSet before an earlier restart explain nothing any more. */
  podLeft(key: string, pod: PodRecord): void {
    const left = this.#left.get(key) ?? { pods: [] };
    const pods = left.pods.filter((other) => restartsOf(other) >= restartsOf(pod));
    const isLate = pods.some((other) => restartsOf(other) > restartsOf(pod));
    this.#left.set(key, { ...left, pods: isLate ? pods : [...pods, pod].slice(0, fewPods) });
  }

  job(key: string): JobRecord | undefined {
    return this.#left.get(key)?.job;
  }

  pods(key: string): PodRecord[] {
    return this.#left.get(key)?.pods ?? [];
  }

  forget(key: string): void {
    this.#left.delete(key);
  }

  forgetAllBut(keys: ReadonlySet<string>): void {
    for (const key of this.#left.keys()) if (!keys.has(key)) this.#left.delete(key);
  }
}

function restartsOf({ jobSet }: PodRecord): number {
  return jobSet?.restarts ?? 0;
}
