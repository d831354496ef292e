// Growing pauses between tries, with jitter so that many who failed together do not come back together.
import type { Random } from '../../internal/platform/random.ts';

export interface BackoffLimits {
  firstMs: number;
  longestMs: number;
}

/** The pause before try number `failures + 1`: doubled each time, then between half of it and all of it. */
export function backoffMs(limits: BackoffLimits, failures: number, random: Random): number {
  const fullMs = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(Math.max(0, failures - 1), 30));
  return fullMs * (0.5 + random.next() / 2);
}
