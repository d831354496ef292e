// A stream of server-sent events that outlives its connections. What the next connection begins with is its caller's
// business; this only opens another one when one has broken, and gives up when the server refuses or stays away.
import { ServerUnreachable } from './errors.ts';
import { pauseBeforeRetry, type Retrying } from './retry.ts';

export interface Reconnecting<T> {
  baseUrl: string;
  retrying: Retrying | undefined;
  signal: AbortSignal | undefined;
  /** Opens one connection and reads it to its end. */
  connect(): AsyncIterable<T>;
}

/** Ends only when the signal is aborted; rejects when the server refuses, or stays away for all tries. */
export async function* reconnecting<T>({ baseUrl, retrying, signal, connect }: Reconnecting<T>): AsyncIterable<T> {
  for (let failed = 0; ; failed++) {
    try {
      for await (const event of connect()) {
        failed = 0;
        yield event;
      }
      if (signal?.aborted) return;
      throw new ServerUnreachable(baseUrl, 'it closed the stream of events');
    } catch (error) {
      if (signal?.aborted) return;
      await pauseBeforeRetry(retrying, error, failed, signal).catch((reason: unknown) => {
        if (!signal?.aborted) throw reason;
      });
    }
  }
}
