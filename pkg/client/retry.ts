// Trying again, only where that cannot do a thing twice: the caller hands in calls that only read, or that carry an
// Idempotency-Key. Tried again is what got no answer, and a 503 or 504; a longer wait each time, with jitter so that many
// clients do not come back together, and never more often than the limit. A refusal is told at once.
import { Problem, ServerUnreachable } from './errors.ts';

export interface Retrying {
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to below 1. */
  random(): number;
  /** Tries after the first, 4 when absent. */
  limit?: number;
}

const limitDefault = 4;
const firstPauseMs = 200;
const longestPauseMs = 5_000;
/** A server that wants to be left alone for longer is told of instead. */
const longestRetryAfterSeconds = 30;

/** Rejects with the last error once the limit is reached, or with the abort’s reason. */
export async function withRetries<T>(
  retrying: Retrying | undefined,
  attempt: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      await pauseBeforeRetry(retrying, error, tried, signal);
    }
  }
}

/** Resolves when it is time for the next try; rejects with the error when there is none. */
export async function pauseBeforeRetry(
  retrying: Retrying | undefined,
  error: unknown,
  tried: number,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  if (retrying === undefined || tried >= (retrying.limit ?? limitDefault) || !mayPass(error)) throw error;
  await retrying.pause(pauseMs(error, tried, retrying.random()), signal);
  signal?.throwIfAborted();
}

function mayPass(error: unknown): boolean {
  if (error instanceof ServerUnreachable) return error.status === undefined || error.status >= 500;
  if (!(error instanceof Problem) || (error.status !== 503 && error.status !== 504)) return false;
  return (error.retryAfterSeconds ?? 0) <= longestRetryAfterSeconds;
}

/** Half of it is fixed, half is chance; what the server asks for is kept to and never cut short. */
function pauseMs(error: unknown, tried: number, chance: number): number {
  const full = Math.min(firstPauseMs * 2 ** tried, longestPauseMs);
  const asked = error instanceof Problem ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
  return asked + (full / 2) * (1 + chance);
}
