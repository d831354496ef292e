// What trials of a row leave behind, in the words of the scorecard: how many, what did not hold, counts and worst figures.
import type { PieceResult } from '../../scorecard/row.ts';

export class Tally {
  trials = 0;
  readonly violations: string[] = [];
  readonly counts: Record<string, number> = {};
  readonly worst: Record<string, number> = {};

  count(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }

  /** Rounded to a whole number. */
  note(name: string, value: number): void {
    this.worst[name] = Math.max(this.worst[name] ?? 0, Math.round(value));
  }

  result(): PieceResult {
    const { trials, violations, counts, worst } = this;
    return { trials, violations, counts, worst };
  }
}
