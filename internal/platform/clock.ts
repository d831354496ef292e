// Time as a dependency. Everything outside cmd, platform, web and test takes a Clock and never looks at the real one,
// so that the whole body can run on a virtual clock.

/** Ends a timer; safe to call twice and after it fired. */
export type CancelTimer = () => void;

export interface Clock {
  /** Milliseconds since the epoch. Never goes back. */
  now(): number;
  /** Runs `callback` once, after at least `delayMs` (any finite number; beyond 24.8 days too). */
  schedule(delayMs: number, callback: () => void): CancelTimer;
}

const longestTimeoutMs = 2_147_483_647;

/** The machine's clock: wall time at the start plus the monotonic clock, so a step of the wall clock moves no deadline. */
export function systemClock(): Clock {
  return {
    now: () => performance.timeOrigin + performance.now(),
    schedule(delayMs, callback) {
      let remainingMs = Math.max(0, delayMs);
      let timer: NodeJS.Timeout;
      const arm = (): void => {
        const stepMs = Math.min(remainingMs, longestTimeoutMs);
        timer = setTimeout(() => {
          remainingMs -= stepMs;
          if (remainingMs > 0) arm();
          else callback();
        }, stepMs);
      };
      arm();
      return () => clearTimeout(timer);
    },
  };
}

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(delayMs, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
