// What the simulated cluster has yet to do, in order of time, behind a single timer of the clock.
// A task gets the time it was due, not the time it ran: so an adopted job's past is rebuilt with its true times,
// and a busy program does not stretch the simulated durations.
import TinyQueue from 'tinyqueue';
import type { CancelTimer, Clock } from '../../platform/clock.ts';

/** Tasks run at once before other work of the program gets its turn. */
const sliceSize = 500;

interface Entry {
  dueMs: number;
  /** Ties run in the order they were added. */
  order: number;
  task: (at: number) => void;
}

export class Agenda {
  readonly #clock: Clock;
  readonly #entries = new TinyQueue<Entry>([], (a, b) => a.dueMs - b.dueMs || a.order - b.order);
  #order = 0;
  #armedForMs = Number.POSITIVE_INFINITY;
  #cancelTimer: CancelTimer = () => {};
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  at(dueMs: number, task: (at: number) => void): void {
    this.#order += 1;
    this.#entries.push({ dueMs, order: this.#order, task });
    this.#arm();
  }

  /** Runs what is due now, at most `limit` tasks. */
  runDue(limit = Number.POSITIVE_INFINITY): void {
    const now = this.#clock.now();
    for (let ran = 0; ran < limit && !this.#stopped; ran += 1) {
      const next = this.#entries.peek();
      if (!next || next.dueMs > now) break;
      this.#entries.pop();
      next.task(next.dueMs);
    }
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
  }

  #arm(): void {
    const dueMs = this.#entries.peek()?.dueMs ?? Number.POSITIVE_INFINITY;
    if (this.#stopped || dueMs >= this.#armedForMs) return;
    this.#cancelTimer();
    this.#armedForMs = dueMs;
    this.#cancelTimer = this.#clock.schedule(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#armedForMs = Number.POSITIVE_INFINITY;
      this.runDue(sliceSize);
    });
  }
}
