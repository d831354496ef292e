// The core's alarm list, earliest first. An entry is only a reminder to look at a job again: whoever is woken checks
// the facts, so an entry that has become pointless does no harm and is never searched for.
import TinyQueue from 'tinyqueue';

export interface Timer {
  at: number;
  jobId: string;
}

function byTime(a: Timer, b: Timer): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.jobId < b.jobId ? -1 : Number(a.jobId > b.jobId);
}

export class Timers {
  readonly #heap: TinyQueue<Timer>;

  constructor(timers: Timer[] = []) {
    this.#heap = new TinyQueue(timers, byTime);
  }

  add(at: number, jobId: string): void {
    this.#heap.push({ at, jobId });
  }

  /** Looks at all of them. */
  has(at: number, jobId: string): boolean {
    return this.#heap.data.some((timer) => timer.at === at && timer.jobId === jobId);
  }

  /** When the next timer is due. */
  next(): number | undefined {
    return this.#heap.peek()?.at;
  }

  /** Takes out everything due at `now`, in a total order. */
  takeDue(now: number): Timer[] {
    const due: Timer[] = [];
    while (this.#heap.length > 0 && (this.#heap.peek() as Timer).at <= now) due.push(this.#heap.pop() as Timer);
    return due;
  }

  /** Everything that `takeDue` would take out. */
  due(now: number): Timer[] {
    return this.#heap.data.filter((timer) => timer.at <= now);
  }

  sorted(): Timer[] {
    return [...this.#heap.data].sort(byTime);
  }

  fork(): Timers {
    return new Timers([...this.#heap.data]);
  }
}
