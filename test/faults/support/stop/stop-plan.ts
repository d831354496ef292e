// How a trial stops the server, decided by its seed: five kinds in turn, each at a moment of its own.
import { seededRandom } from '../../../../internal/platform/random.ts';

export const stopKinds = [
  'sigterm',
  'sigint',
  'sigterm_again_and_again',
  'sigterm_behind_a_frozen_api_server',
  'sigterm_at_start',
] as const;
export type StopKind = (typeof stopKinds)[number];

export interface StopPlan {
  seed: number;
  kind: StopKind;
  /** From the beginning of the load to the signal. */
  afterMs: number;
  /** Of `sigterm_at_start`: which part of a usual start is over when the signal comes. */
  partOfStart: number;
}

const latestMs = 1_200;

export function stopPlan(seed: number): StopPlan {
  const random = seededRandom(seed);
  return {
    seed,
    kind: stopKinds[seed % stopKinds.length] as StopKind,
    afterMs: 200 + Math.floor(random.next() * latestMs),
    partOfStart: 0.3 + 0.7 * random.next(),
  };
}

export function signalOf({ kind }: StopPlan): NodeJS.Signals {
  return kind === 'sigint' ? 'SIGINT' : 'SIGTERM';
}

/** For people. */
export function wordsOf({ seed, kind, afterMs }: StopPlan): string {
  return `seed ${seed}, ${kind.replaceAll('_', ' ')} after ${afterMs} ms of load`;
}
