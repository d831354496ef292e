// The pause that the API server asked for with Retry-After, shared by all calls of one client: while it lasts, nothing
// but watches is sent. Short pauses are waited out; for a longer one the caller is told at once, so that its work
// queue and not a waiting request holds the work. Bounded, since a proxy may send any number.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
import { type Clock, sleep } from '../../../internal/platform/clock.ts';
import type { Random } from '../../../internal/platform/random.ts';

export const longestRetryAfterMs = 300_000;
const longestWaitMs = 10_000;
const spreadMs = 100;

export interface RetryGate {
  /** Closes the gate, or keeps it closed for longer; never opens it earlier. */
  close(retryAfterMs: number): void;
  remainingMs(): number;
  /** True when the request may be sent now; false when it would have to wait for longer than about 10 s. */
  pass(): Promise<boolean>;
}

export function retryGate(clock: Clock, random: Random): RetryGate {
  let opensAt = 0;
  const remainingMs = (): number => Math.max(0, opensAt - clock.now());
  return {
    remainingMs,
    close(retryAfterMs) {
      opensAt = Math.max(opensAt, clock.now() + Math.min(retryAfterMs, longestRetryAfterMs));
    },
    async pass() {
      const givesUpAt = clock.now() + longestWaitMs;
      while (remainingMs() > 0) {
        if (opensAt > givesUpAt) return false;
        await sleep(clock, remainingMs() + random.next() * spreadMs);
      }
      return true;
    },
  };
}

/** Retry-After's seconds or HTTP date in milliseconds from now, at most five minutes; undefined when it is neither. */
export function parseRetryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(0, waitMs), longestRetryAfterMs);
}
