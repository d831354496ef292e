// The pause that the API server asked for with Retry-After, shared by all calls of one client: while it lasts, nothing
// but watches is sent. Short pauses are waited out; for a longer one the caller is told at once, so that its work
// queue and not a waiting request holds the work. After a pause one call goes first, and the others follow when it is
// answered without being asked to wait again: a server in trouble is not met by everybody who waited.
// Bounded, since a proxy may send any number.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
import { type Clock, sleep } from '../../../internal/platform/clock.ts';
import type { Random } from '../../../internal/platform/random.ts';

export const longestRetryAfterMs = 300_000;
const longestWaitMs = 10_000;
const spreadMs = 100;
/** A first call that is not answered keeps the others for no longer than this. */
const firstCallMs = 1_000;

export interface RetryGate {
  /** Closes the gate, or keeps it closed for longer; never opens it earlier. `status`: of the answer that asked for it. */
  close(retryAfterMs: number, status: number): void;
  /** The server answered and did not ask to wait. */
  answered(): void;
  remainingMs(): number;
  /** Of the answer that closed it last. */
  readonly status: number;
  /** True when the request may be sent now; false when it would have to wait for longer than about 10 s, or is aborted. */
  pass(signal?: AbortSignal): Promise<boolean>;
}

export function retryGate(clock: Clock, random: Random): RetryGate {
  let status = 0;
  let opensAt = 0;
  let doubtful = false;
  let othersFollowAt = 0;
  let news = new AbortController();

  const remainingMs = (): number => Math.max(0, opensAt - clock.now());
  const tell = (): void => {
    news.abort();
    news = new AbortController();
  };
  return {
    remainingMs,
    get status() {
      return status;
    },
    close(retryAfterMs, cause) {
      status = cause;
      doubtful = true;
      othersFollowAt = 0;
      opensAt = Math.max(opensAt, clock.now() + Math.min(retryAfterMs, longestRetryAfterMs));
      tell();
    },
    answered() {
      if (!doubtful || remainingMs() > 0) return;
      doubtful = false;
      tell();
    },
    async pass(signal) {
      const givesUpAt = clock.now() + longestWaitMs;
      for (;;) {
        const closedMs = remainingMs();
        const behindMs = doubtful ? othersFollowAt - clock.now() : 0;
        if (closedMs <= 0 && behindMs <= 0) break;
        if (signal?.aborted || clock.now() + Math.max(closedMs, 1) > givesUpAt) return false;
        if (closedMs > 0) await sleep(clock, closedMs + random.next() * spreadMs, signal);
        else await sleep(clock, behindMs, signal ? AbortSignal.any([signal, news.signal]) : news.signal);
      }
      if (doubtful) othersFollowAt = clock.now() + firstCallMs;
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
