// Reads one container's log to its end, or as long as it is given, into what may be kept of it. A log endpoint that refuses,
// breaks off, hangs or never ends is a sentence, never a failure of its caller.
import type { LogSource } from '../../../pkg/kubernetes/log-source.ts';
import type { Clock } from '../../platform/clock.ts';
import type { KeptLog } from './kept-log.ts';
import { PlainLines } from './plain-lines.ts';

export interface ReadLogDeps {
  source: LogSource;
  clock: Clock;
}

export interface LogTarget {
  namespace: string;
  pod: string;
  container: string;
}

/** Resolves with why not all of the log could be had, or with nothing. After that `into` does not change any more. */
export function readLog(
  { source, clock }: ReadLogDeps,
  target: LogTarget,
  into: KeptLog,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<string | undefined> {
  const reading = new AbortController();
  return new Promise((resolve) => {
    const end = (problem: string | undefined): void => {
      if (reading.signal.aborted) return;
      cancel();
      signal.removeEventListener('abort', stop);
      resolve(problem);
      reading.abort();
    };
    const stop = (): void => end('kubejobs is stopping');
    const cancel = clock.schedule(timeoutMs, () => end(`no end of it within ${Math.round(timeoutMs / 1_000)} s`));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    copy(source, target, into, reading.signal).then(end, (error: unknown) =>
      end(error instanceof Error ? error.message : String(error)),
    );
  });
}

async function copy(
  source: LogSource,
  { namespace, pod, container }: LogTarget,
  into: KeptLog,
  signal: AbortSignal,
): Promise<string | undefined> {
  const opened = await source.log(namespace, pod, { container, follow: false, signal });
  if (opened.outcome !== 'ok') return opened.message;
  const lines = new PlainLines();
  for await (const chunk of opened.value) {
    if (signal.aborted) return undefined;
    into.write(lines.next(chunk));
  }
  if (!signal.aborted) into.write(lines.end());
  return undefined;
}
