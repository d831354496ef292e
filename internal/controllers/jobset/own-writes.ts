// What our own writes were answered, until the informer has seen as much. Laid over its cache, it lets the next pass see what
// the last one did: no Job is made or deleted twice, and no restart is counted twice, however late the watch is. It never
// outlives what it knows: an answer that stays unseen is asked about again.
import { isNewer } from '../../../pkg/kubernetes/informer-cache.ts';
import type { ChildJob } from './child-jobs.ts';
import type { JobSetRecord } from './records.ts';

interface Written {
  job: ChildJob;
  atMs: number;
}

/** A watch is rarely that late. */
export const unseenMs = 10_000;
/** No watch is that late, and whoever refused to let a Job go is asked again. */
const deletionMs = 600_000;

export class OwnWrites {
  /** By the JobSet's uid, then by the Job's name. */
  readonly #jobs = new Map<string, Map<string, Written>>();
  /** Uids of Jobs that were deleted and are still there, and when. */
  readonly #deleted = new Map<string, number>();
  /** Uids of Jobs that were told of. */
  readonly #told = new Set<string>();
  readonly #jobSets = new Map<string, JobSetRecord>();
  /** `<namespace>/<name>` of Services, and when they were made. */
  readonly #services = new Map<string, number>();

  noteJob(job: ChildJob, nowMs: number): void {
    const ofJobSet = this.#jobs.get(job.owner.uid) ?? new Map<string, Written>();
    ofJobSet.set(job.name, { job, atMs: nowMs });
    this.#jobs.set(job.owner.uid, ofJobSet);
  }

  noteDeletion({ uid }: ChildJob, nowMs: number): void {
    for (const [other, atMs] of this.#deleted) {
      if (nowMs - atMs < deletionMs) break;
      this.#deleted.delete(other);
    }
    this.#deleted.set(uid, nowMs);
  }

  /** Whether it was not told of before. */
  noteTold({ uid }: ChildJob): boolean {
    const isNew = !this.#told.has(uid);
    this.#told.add(uid);
    return isNew;
  }

  noteJobSet(key: string, jobSet: JobSetRecord): void {
    this.#jobSets.set(key, jobSet);
  }

  noteService(key: string, nowMs: number): void {
    this.#services.set(key, nowMs);
  }

  /** The informer's own view of a Job changed. */
  jobSeen(previous: ChildJob | undefined, next: ChildJob | undefined): void {
    if (previous && previous.uid !== next?.uid) this.forgetJob(previous);
  }

  jobSetSeen(key: string, next: JobSetRecord | undefined, previous: JobSetRecord | undefined): void {
    if (next === undefined) this.#jobSets.delete(key);
    if (previous && previous.uid !== next?.uid) this.#jobs.delete(previous.uid);
  }

  serviceSeen(key: string): void {
    this.#services.delete(key);
  }

  /** It is gone. */
  forgetJob({ uid, name, owner }: ChildJob): void {
    this.#deleted.delete(uid);
    this.#told.delete(uid);
    const ofJobSet = this.#jobs.get(owner.uid);
    if (ofJobSet?.get(name)?.job.uid !== uid) return;
    ofJobSet.delete(name);
    if (ofJobSet.size === 0) this.#jobs.delete(owner.uid);
  }

  /** The newer of what the informer has and what we were answered. */
  jobSet(key: string, cached: JobSetRecord | undefined): JobSetRecord | undefined {
    const written = this.#jobSets.get(key);
    if (!written) return cached;
    if (written.uid === cached?.uid && isNewer(written.resourceVersion, cached.resourceVersion)) return written;
    this.#jobSets.delete(key);
    return cached;
  }

  /** The same of the Jobs of a JobSet. */
  jobs(owner: string, cached: readonly ChildJob[], nowMs: number): ChildJob[] {
    const byName = new Map(cached.map((job) => [job.name, job]));
    for (const [name, { job }] of this.#jobs.get(owner) ?? []) {
      const known = byName.get(name);
      if (!known || isNewer(job.resourceVersion, known.resourceVersion)) byName.set(name, job);
      else this.#jobs.get(owner)?.delete(name);
    }
    if (this.#jobs.get(owner)?.size === 0) this.#jobs.delete(owner);
    return [...byName.values()].map((job) => (this.#isDeleted(job, nowMs) ? { ...job, deleting: true } : job));
  }

  #isDeleted({ uid }: ChildJob, nowMs: number): boolean {
    const atMs = this.#deleted.get(uid);
    return atMs !== undefined && nowMs - atMs < deletionMs;
  }

  hasService(key: string, nowMs: number): boolean {
    const madeAt = this.#services.get(key);
    return madeAt !== undefined && nowMs - madeAt < unseenMs;
  }

  /** Answers that the informer should have seen by now: a Job may have gone between two of its looks. */
  overdue(owner: string, cached: readonly ChildJob[], nowMs: number): ChildJob[] {
    this.jobs(owner, cached, nowMs); // forgets what it has seen by now
    const written = [...(this.#jobs.get(owner)?.values() ?? [])];
    return written.filter(({ atMs }) => nowMs - atMs >= unseenMs).map(({ job }) => job);
  }

  /** Whether something of it is not seen yet. */
  waits(owner: string): boolean {
    return this.#jobs.has(owner);
  }
}
