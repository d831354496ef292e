// Which job held which slot, and when. The queue counts slots and does not number them; here each job is given the lowest
// number that was free when it started, and keeps it, so that the picture stands still while time goes on. Pure.
import type { JobDocument } from '../../pkg/client/index.ts';

export interface Bar {
  jobId: string;
  name: string;
  attempt: number;
  slot: number;
  start: number;
  /** Undefined while it runs. */
  end: number | undefined;
  state: string;
}

export class SlotPicture {
  readonly #bars = new Map<string, Bar>();
  /** By slot, in order of their starts. */
  readonly #slots: Bar[][] = [];

  /** All that runs now, and what has finished as far as it is known; what ended before `since` is forgotten. */
  update(running: readonly JobDocument[], finished: readonly JobDocument[], since: number, now: number): void {
    this.#forget(since);
    const started = [...finished, ...running].filter((job) => job.started_at !== undefined);
    for (const job of started.sort(byStart)) this.#note(job, since);
    this.#endOthers(running, now);
  }

  get slots(): ReadonlyArray<readonly Bar[]> {
    return this.#slots;
  }

  /** One more than the highest slot that is held. */
  get inUse(): number {
    return this.#slots.findLastIndex((bars) => bars.some((bar) => bar.end === undefined)) + 1;
  }

  get earliest(): number | undefined {
    const starts = this.#slots.flatMap((bars) => bars[0]?.start ?? []);
    return starts.length === 0 ? undefined : Math.min(...starts);
  }

  #note(job: JobDocument, since: number): void {
    const end = job.finished_at === undefined ? undefined : Date.parse(job.finished_at);
    if (end !== undefined && end < since) return;
    const known = this.#bars.get(keyOf(job));
    if (known) Object.assign(known, { end, state: job.state });
    else this.#add(job, Date.parse(job.started_at as string), end);
  }

  #add({ job_id: jobId, name, attempt, state }: JobDocument, start: number, end: number | undefined): void {
    let slot = this.#slots.findIndex((bars) => !bars.some((bar) => overlap(bar, start, end)));
    if (slot < 0) slot = this.#slots.push([]) - 1;
    const bar: Bar = { jobId, name, attempt, slot, start, end, state };
    this.#bars.set(`${jobId}/${attempt}`, bar);
    (this.#slots[slot] as Bar[]).push(bar);
    this.#slots[slot]?.sort((a, b) => a.start - b.start);
  }

  /** What ran and is told of no more has ended: its job waits for another attempt, or its end was missed. */
  #endOthers(running: readonly JobDocument[], now: number): void {
    const still = new Set(running.map(keyOf));
    for (const [key, bar] of this.#bars) {
      if (bar.end === undefined && !still.has(key)) Object.assign(bar, { end: now, state: 'ended' });
    }
  }

  #forget(since: number): void {
    for (const [key, bar] of this.#bars) {
      if (bar.end === undefined || bar.end >= since) continue;
      this.#bars.delete(key);
      const bars = this.#slots[bar.slot] as Bar[];
      bars.splice(bars.indexOf(bar), 1);
    }
  }
}

function keyOf({ job_id, attempt }: JobDocument): string {
  return `${job_id}/${attempt}`;
}

function byStart(a: JobDocument, b: JobDocument): number {
  return Date.parse(a.started_at as string) - Date.parse(b.started_at as string) || (a.job_id < b.job_id ? -1 : 1);
}

function overlap(bar: Bar, start: number, end = Number.POSITIVE_INFINITY): boolean {
  return bar.start < end && start < (bar.end ?? Number.POSITIVE_INFINITY);
}
