// Choices that a seed decides.
import { seededRandom } from '../../../../internal/platform/random.ts';

export interface Dice {
  /** From 0 to `below` − 1. */
  number(below: number): number;
  pick<T>(things: readonly T[]): T;
  /** True so often. */
  chance(share: number): boolean;
  /** Any bytes. */
  bytes(length: number): Buffer;
}

export function diceOf(seed: number): Dice {
  const { next } = seededRandom(seed);
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    pick: <T>(things: readonly T[]) => things[number(things.length)] as T,
    chance: (share) => next() < share,
    bytes: (length) => Buffer.from(Array.from({ length }, () => number(256))),
  };
}
