// Asks again while an answer does not come. A connection through which nothing comes any more looks like a server that
// thinks; only another connection tells the two apart.
import type { CancelTimer, Clock } from '../../../internal/platform/clock.ts';

export interface HedgeOptions {
  clock: Clock;
  /** How long to wait for an answer before asking again, each time. */
  stalledAfterMs: number;
  /** Called each time; true when it may be asked again. */
  onStalled(): boolean;
  signal?: AbortSignal;
}

/**
 * The first answer to `send`, or to one of its repetitions. The first request is waited for to its end, whose failure is
 * the failure of all, and beside it there is at most one repetition, the newest: a slow server gets twice the requests
 * at most. What is no longer wanted is aborted.
 */
export function hedged<T>(send: (signal: AbortSignal) => Promise<T>, options: HedgeOptions): Promise<T> {
  const { clock, stalledAfterMs, onStalled, signal } = options;
  return new Promise((resolve, reject) => {
    const first = new AbortController();
    let repetition: AbortController | undefined;
    let cancel: CancelTimer = () => {};
    let ended = false;
    const end = (winner?: AbortController): void => {
      if (ended) return; // what was aborted fails later, and the winner's answer may still be read then
      ended = true;
      cancel();
      signal?.removeEventListener('abort', stop);
      for (const loser of [first, repetition]) if (loser !== winner) loser?.abort();
    };
    const stop = (): void => {
      end();
      reject(signal?.reason);
    };
    const take = (winner: AbortController, answer: T): void => {
      if (winner.signal.aborted) return;
      end(winner);
      resolve(answer);
    };
    const repeat = (): void => {
      cancel = clock.schedule(stalledAfterMs, repeat);
      if (!onStalled()) return;
      repetition?.abort();
      const again = new AbortController();
      repetition = again;
      send(again.signal).then(
        (answer) => take(again, answer),
        () => {}, // the first request may still be answered
      );
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });
    cancel = clock.schedule(stalledAfterMs, repeat);
    send(first.signal).then(
      (answer) => take(first, answer),
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
