/**
 * Waiting for a condition instead of for a time: used by the harness, and by tests that look at the cluster.
 * It never swallows the last error: a wait that runs out says what it saw.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface WaitOptions {
  timeoutMs?: number;
  intervalMs?: number;
  /** Throws when waiting has become pointless, for instance because the process that should answer has ended. */
  giveUp?: () => void;
}

/**
 * Calls `probe` until it answers something other than `undefined` or `false`, and returns that.
 * An exception counts as "not yet". Throws after `timeoutMs` (default 60 s), naming `what` and the last exception.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  options: WaitOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    options.giveUp?.();
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last });
    await sleep(options.intervalMs ?? 100);
  }
}
