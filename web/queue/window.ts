// How far back the pictures reach: an hour, or less while less than that is known, so that a young queue is not a thin line
// at the right.
import { hourMs } from './history.ts';

export interface TimeWindow {
  ms: number;
  /** Of one step of a chart. */
  stepMs: number;
  words: string;
}

const windows: readonly TimeWindow[] = [
  { ms: 60_000, stepMs: 2_500, words: '1 min ago' },
  { ms: 120_000, stepMs: 5_000, words: '2 min ago' },
  { ms: 300_000, stepMs: 5_000, words: '5 min ago' },
  { ms: 900_000, stepMs: 15_000, words: '15 min ago' },
  { ms: hourMs, stepMs: 60_000, words: '1 h ago' },
];

export function windowSince(earliest: number | undefined, now: number): TimeWindow {
  const age = now - (earliest ?? now);
  return windows.find(({ ms }) => age < ms) ?? (windows.at(-1) as TimeWindow);
}
