// Counts what happens in a simulated world, one by one: a timer that fires, a call that leaves the program, a call that
// answers, an event that a watch delivers, an input that the engine takes, a commit that becomes durable. What one caller
// does is several of these; time that passes is none. The speed of the simulation is told in these steps.
import type { Clock } from '../platform/clock.ts';

export const stepKinds = ['timer', 'call', 'answer', 'watch_event', 'input', 'commit'] as const;
export type StepKind = (typeof stepKinds)[number];

export class Steps {
  readonly #counts: Record<StepKind, number> = { timer: 0, call: 0, answer: 0, watch_event: 0, input: 0, commit: 0 };
  #total = 0;

  add(kind: StepKind): void {
    this.#counts[kind] += 1;
    this.#total += 1;
  }

  get total(): number {
    return this.#total;
  }

  get counts(): Readonly<Record<StepKind, number>> {
    return this.#counts;
  }
}

/** The same clock; its timers are counted as they fire. */
export function countingClock(clock: Clock, steps: Steps): Clock {
  return {
    now: () => clock.now(),
    schedule: (delayMs, callback) =>
      clock.schedule(delayMs, () => {
        steps.add('timer');
        callback();
      }),
  };
}
