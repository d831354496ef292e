// What kind of world a seed makes: how often each fault strikes, how patient the callers are, how the program is set up.
// Each seed leaves out some kinds of trouble and has more of others, for a fault that strikes everywhere hides what only
// shows when the rest works ("swarm testing", Groce et al., ISSTA 2012).
import { type Random, seededRandom } from '../platform/random.ts';
import { badDay, type CallFault, callFaults, type FaultRates, type WatchFault, watchFaults } from './fault-plan.ts';
import type { CrashPoint } from './life.ts';

/** Kinds of trouble that can be left out: to find out which of them it takes to meet a mistake. */
export interface Calm {
  crashes?: boolean;
  /** Nothing comes in another order than it happened: no event, no answer, no request that is carried out late. */
  reorderings?: boolean;
}

export interface Weather {
  clusterRates: FaultRates;
  storeRates: FaultRates;
  longestCommitMs: number;
  /** Multiplies the shares of crashes. */
  crashes: number;
  /** Share of the crashes that happen between two awaits. */
  betweenAwaits: number;
  /** The longest pause between what callers do, in milliseconds. */
  longestPauseMs: number;
  longestDowntimeMs: number;
  /** Of what callers and others do, the shares of the rarer things. */
  outsiders: number;
  outages: number;
  clockJumps: number;
  capChanges: number;
  /** Share of the jobs that wait on purpose, have a timeout or are to be tried again. */
  rules: number;
  /** Share of the jobs whose result is saved; nobody saves any in most worlds. */
  results: number;
  /** Of the requests: those under an idempotency key, and those with several jobs. */
  keys: number;
  batches: number;
  /** Of what callers do: holding and releasing, running again, pausing and resuming, setting the cap. */
  holds: number;
  retries: number;
  pauses: number;
  capSettings: number;
  /** Share of what happens that has a running job give way. */
  givingWay: number;
  /** Whoever starts the program names its cap. */
  isCapGiven: boolean;
  /** The cluster's own deadlines do nothing. */
  ignoresDeadlines: boolean;
  settings: { maxConcurrency: number; settleMs: number; jobTtlMs: number };
}

const reorderings: ReadonlyArray<CallFault | WatchFault> = [
  'watch_reorder',
  'watch_delay',
  'watch_repeat',
  'delay',
  'executed_late',
];

/** Of a call, at each of its two ends; and of the other points. Rare calls need larger shares to be hit at all. */
export const crashShares: Record<CrashPoint, number> = {
  before_commit: 0.003,
  after_commit: 0.003,
  before_load: 0.05,
  after_load: 0.05,
  before_reopen: 0.1,
  after_reopen: 0.1,
  before_create: 0.008,
  after_create: 0.008,
  before_get: 0.008,
  after_get: 0.008,
  before_delete: 0.015,
  after_delete: 0.015,
  before_list: 0.01,
  after_list: 0.01,
  before_watch: 0.01,
  after_watch: 0.01,
  before_ping: 0.005,
  after_ping: 0.005,
  timer: 0.0008,
  watch_event: 0.001,
};

export function weatherOf(seed: number, calm: Calm = {}): Weather {
  const random = seededRandom(seed ^ 0x5eed);
  const strength = (): number => oneOf(random, [0, 0.3, 1, 1, 2.5]);
  const savesResults = seed % 4 === 0;
  const clusterRates: FaultRates = {};
  for (const kind of [...callFaults, ...watchFaults]) {
    const rate = (badDay[kind] ?? 0) * strength();
    clusterRates[kind] = calm.reorderings && reorderings.includes(kind) ? 0 : rate;
  }
  return {
    clusterRates,
    storeRates: {
      store_fails: 0.014 * strength(),
      store_executes_then_fails: 0.014 * strength(),
      store_hangs: 0.012 * strength(),
      store_hangs_then_fails: 0.014 * strength(),
    },
    longestCommitMs: oneOf(random, [0, 20, 20, 400]),
    crashes: calm.crashes ? 0 : strength(),
    betweenAwaits: oneOf(random, [0, 0.3, 0.8]),
    longestPauseMs: oneOf(random, [400, 2_000, 2_000, 8_000, 60_000]),
    longestDowntimeMs: oneOf(random, [0, 2_000, 20_000, 150_000]),
    outsiders: 0.06 * oneOf(random, [0, 0, 1, 2]),
    outages: 0.04 * strength(),
    // What shows only at the next start goes with the crashes. A day that is jumped over is one in which no result could
    // be saved.
    clockJumps: calm.crashes ? 0 : 0.02 * strength() * (savesResults ? 0 : 1),
    capChanges: calm.crashes ? 0 : 0.03 * strength(),
    rules: oneOf(random, [0, 0.2, 0.5, 0.9]),
    results: savesResults ? 0.5 : 0,
    keys: oneOf(random, [0, 0.3, 0.8]),
    batches: oneOf(random, [0, 0.05, 0.1]),
    holds: oneOf(random, [0, 0.05, 0.1]),
    retries: oneOf(random, [0, 0.05, 0.1]),
    pauses: oneOf(random, [0, 0, 0.03, 0.06]),
    capSettings: oneOf(random, [0, 0, 0.03]),
    isCapGiven: oneOf(random, [false, true]),
    ignoresDeadlines: oneOf(random, [false, false, true]),
    settings: {
      maxConcurrency: oneOf(random, [1, 2, 3, 5]),
      settleMs: oneOf(random, [0, 100, 100]),
      jobTtlMs: oneOf(random, [0, 2_000, 30_000, 120_000, 120_000]),
    },
    // Last, so that the weather of the seeds that are known is what it was.
    givingWay: oneOf(random, [0, 0.05, 0.12]),
  };
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random.next() * choices.length)] as T;
}
