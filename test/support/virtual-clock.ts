// A clock that only moves when a test says so. Timers run in order of time, ties in the order they were set, and
// between two of them every promise that can settle does, so a run is the same each time.
import TinyQueue from 'tinyqueue';
import type { CancelTimer, Clock } from '../../internal/platform/clock.ts';

export interface VirtualClock extends Clock {
  /** Moves the time by `ms` and runs every timer that is due on the way. */
  advance(ms: number): Promise<void>;
  /** Runs timers until `condition` holds; throws when it does not within `limitMs` of virtual time. */
  runUntil(condition: () => boolean, limitMs: number): Promise<void>;
  /** Lets promises settle without moving the time. */
  settle(): Promise<void>;
}

interface Timer {
  dueMs: number;
  order: number;
  callback: (() => void) | undefined;
}

export function virtualClock(startMs = 0): VirtualClock {
  const timers = new TinyQueue<Timer>([], (a, b) => a.dueMs - b.dueMs || a.order - b.order);
  let nowMs = startMs;
  let order = 0;

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  function schedule(delayMs: number, callback: () => void): CancelTimer {
    order += 1;
    const timer: Timer = { dueMs: nowMs + Math.max(0, delayMs), order, callback };
    timers.push(timer);
    return () => {
      timer.callback = undefined;
    };
  }

  /** Runs the next timer due by `untilMs`; false when there is none. */
  async function step(untilMs: number): Promise<boolean> {
    for (let next = timers.peek(); next && next.dueMs <= untilMs; next = timers.peek()) {
      timers.pop();
      if (!next.callback) continue;
      nowMs = Math.max(nowMs, next.dueMs);
      next.callback();
      await settle();
      return true;
    }
    return false;
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = nowMs + ms;
    await settle();
    while (await step(untilMs));
    nowMs = untilMs;
  }

  async function runUntil(condition: () => boolean, limitMs: number): Promise<void> {
    const untilMs = nowMs + limitMs;
    await settle();
    while (!condition()) {
      if (await step(untilMs)) continue;
      throw new Error(`the condition did not hold within ${limitMs} ms of virtual time`);
    }
  }

  return { now: () => nowMs, schedule, advance, runUntil, settle };
}
