// What the charts show: ends, starts and the depth of the queue over the last hour, put together from the lists when the page
// opens and from events since. What is not known is not drawn: each line begins where the lists reach back to. Pure.
import type { EventDocument, JobDocument } from '../../pkg/client/index.ts';
import { finishedStates, type JobState } from '../../pkg/models/states.ts';
import { acceptedAt } from '../shared/job-id.ts';

export const hourMs = 3_600_000;
const mostKept = 20_000;

interface Moment {
  at: number;
}
interface End extends Moment {
  isSuccess: boolean;
}
interface Start extends Moment {
  waitedMs: number;
}
interface Depth extends Moment {
  pending: number;
}

/** Columns as the charts want them: seconds, then values. */
export interface Series {
  times: number[];
  succeeded: Array<number | null>;
  others: Array<number | null>;
  /** Both together. */
  ends: Array<number | null>;
  pending: Array<number | null>;
  medianWait: Array<number | null>;
  longestWait: Array<number | null>;
}

export class History {
  readonly #ends = new Map<string, End>();
  readonly #starts = new Map<string, Start>();
  readonly #depths: Depth[] = [];

  finished(jobs: readonly JobDocument[]): void {
    for (const job of jobs) {
      if (job.finished_at !== undefined) this.#end(job.job_id, job.attempt, Date.parse(job.finished_at), job.state);
      this.started([job]);
    }
  }

  started(jobs: readonly JobDocument[]): void {
    for (const { job_id, attempt, started_at } of jobs) {
      if (started_at !== undefined) this.#start(job_id, attempt, Date.parse(started_at));
    }
  }

  changed(changes: readonly EventDocument[]): void {
    for (const { job_id, attempt = 0, state, at } of changes) {
      if (state === 'running') this.#start(job_id, attempt, Date.parse(at));
      else if (isFinished(state)) this.#end(job_id, attempt, Date.parse(at), state);
    }
  }

  /** How many wait at a moment. */
  depth(at: number, pending: number): void {
    this.#depths.push({ at, pending });
    if (this.#depths.length > mostKept) this.#depths.splice(0, mostKept / 2);
  }

  /** How many waited before the page was opened, from when they were accepted and started, back to `since`. */
  reconstruct(accepted: readonly JobDocument[], pendingNow: number, since: number, now: number): void {
    const entered = accepted.map(({ created_at }) => Date.parse(created_at));
    const left = [...this.#starts.values()].map(({ at }) => at);
    // Backwards, so of one moment the starts come first.
    const steps = [...left.map((at) => ({ at, by: 1 })), ...entered.map((at) => ({ at, by: -1 }))];
    let pending = pendingNow;
    const depths: Depth[] = [{ at: now, pending }];
    for (const { at, by } of steps.filter((step) => step.at >= since && step.at <= now).sort((a, b) => b.at - a.at)) {
      depths.unshift({ at, pending });
      pending = Math.max(0, pending + by);
      depths.unshift({ at: at - 1, pending });
    }
    this.#depths.unshift({ at: since, pending }, ...depths.slice(-mostKept));
  }

  /** When the first start or end was that is known. */
  get earliest(): number | undefined {
    let first = Number.POSITIVE_INFINITY;
    for (const { at } of [...this.#ends.values(), ...this.#starts.values()]) first = Math.min(first, at);
    return Number.isFinite(first) ? first : undefined;
  }

  /** In steps of `stepMs`, which end at `now`. */
  series(now: number, windowMs: number, stepMs: number): Series {
    const steps = Math.ceil(windowMs / stepMs);
    const begin = Math.floor(now / stepMs) * stepMs - (steps - 1) * stepMs;
    this.#forget(now - hourMs);
    const ends = grouped([...this.#ends.values()], begin, stepMs, steps);
    const starts = grouped([...this.#starts.values()], begin, stepMs, steps);
    const waits = starts.map((group) => group.map(({ waitedMs }) => waitedMs / 1_000).sort((a, b) => a - b));
    return {
      times: Array.from({ length: steps }, (_, index) => (begin + index * stepMs) / 1_000),
      succeeded: ends.map((group) => group.filter(({ isSuccess }) => isSuccess).length),
      others: ends.map((group) => group.filter(({ isSuccess }) => !isSuccess).length),
      ends: ends.map((group) => group.length),
      pending: depthsAt(this.#depths, begin, stepMs, steps),
      medianWait: waits.map((group) => group[Math.floor(group.length / 2)] ?? null),
      longestWait: waits.map((group) => group.at(-1) ?? null),
    };
  }

  #end(jobId: string, attempt: number, at: number, state: JobState): void {
    this.#ends.set(`${jobId}/${attempt}`, { at, isSuccess: state === 'succeeded' });
    keepNewest(this.#ends);
  }

  /** Of a first attempt only: a later one did not wait since it was accepted. */
  #start(jobId: string, attempt: number, at: number): void {
    if (attempt > 1) return;
    this.#starts.set(jobId, { at, waitedMs: Math.max(0, at - acceptedAt(jobId)) });
    keepNewest(this.#starts);
  }

  #forget(before: number): void {
    for (const moments of [this.#ends, this.#starts]) {
      for (const [key, { at }] of moments) if (at < before) moments.delete(key);
    }
    const kept = this.#depths.findIndex(({ at }) => at >= before);
    if (kept > 1) this.#depths.splice(0, kept - 1);
  }
}

function isFinished(state: JobState): boolean {
  return (finishedStates as readonly JobState[]).includes(state);
}

function keepNewest(moments: Map<string, unknown>): void {
  if (moments.size <= mostKept) return;
  for (const key of moments.keys()) {
    moments.delete(key);
    if (moments.size <= mostKept / 2) return;
  }
}

function grouped<T extends Moment>(moments: readonly T[], begin: number, stepMs: number, steps: number): T[][] {
  const groups: T[][] = Array.from({ length: steps }, () => []);
  for (const moment of moments) groups[Math.floor((moment.at - begin) / stepMs)]?.push(moment);
  return groups;
}

/** The last known at the end of each step; null before the first. */
function depthsAt(depths: readonly Depth[], begin: number, stepMs: number, steps: number): Array<number | null> {
  let next = 0;
  let last: number | null = null;
  return Array.from({ length: steps }, (_, step) => {
    const end = begin + (step + 1) * stepMs;
    for (; next < depths.length && (depths[next] as Depth).at < end; next += 1) last = (depths[next] as Depth).pending;
    return last;
  });
}
