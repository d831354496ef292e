import { describe, expect, it } from 'vitest';
import { readContainerLog } from '../../../../internal/logs/container-log.ts';
import type { ApiResult } from '../../../../pkg/kubernetes/cluster.ts';
import type { LogOptions, LogSource } from '../../../../pkg/kubernetes/log-source.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

const target = { namespace: 'n', pod: 'p', container: 'c' };

/** Seconds and text; the time is one of 2030. */
const line = (seconds: number | string, text: string): string =>
  `2030-01-01T00:00:${String(seconds).padStart(2, '0')}Z ${text}\n`;

type Stream = string[] | { breaks: true; lines: string[] } | { stays: true; lines: string[] } | { refusal: string };

function aContainer(streams: Stream[]) {
  const clock = virtualClock();
  const asked: Array<Partial<LogOptions>> = [];
  const written: string[] = [];
  let over = false;
  const source: LogSource = {
    async log(_namespace, _pod, { signal, ...options }): Promise<ApiResult<AsyncIterable<Uint8Array>>> {
      asked.push(options);
      const stream = streams.shift() ?? [];
      if ('refusal' in stream) return { outcome: 'refused', status: 404, reason: 'NotFound', message: stream.refusal };
      return { outcome: 'ok', value: chunksOf(stream, signal) };
    },
  };
  const stop = new AbortController();
  const read = (options: { tail?: number; follow?: boolean; over?: AbortSignal } = {}): Promise<string | undefined> =>
    readContainerLog({ source, clock }, target, {
      ...{ follow: true, signal: stop.signal, isOver: () => over, ...options },
      write: async ({ bytes }) => void written.push(bytes.toString()),
    });
  return { asked, clock, read, stop, written, end: () => (over = true) };
}

async function* chunksOf(stream: string[] | { lines: string[] }, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const lines = Array.isArray(stream) ? stream : stream.lines;
  for (const each of lines) yield Buffer.from(each);
  if ('stays' in stream) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  if (!Array.isArray(stream)) throw new Error('cut');
}

describe('the log of a container', () => {
  it('is read once when nobody follows', async () => {
    const { asked, read, written } = aContainer([[line(1, 'a'), line(2, 'b')]]);
    expect(await read({ follow: false, tail: 5 })).toBeUndefined();
    expect(written).toEqual(['a', 'b']);
    expect(asked).toEqual([{ container: 'c', follow: false, tailLines: 5 }]);
  });

  it('goes on where it broke off, without a line twice or missing, also within one moment', async () => {
    const { asked, clock, end, read, written } = aContainer([
      { breaks: true, lines: [line(1, 'a'), line(2, 'b'), line(2, 'c')] },
      [line(2, 'b'), line(2, 'c'), line(2, 'd'), line(3, 'e')],
      [line(3, 'e')],
    ]);
    const done = read({ tail: 10 });
    await clock.advance(1_500);
    end();
    await clock.advance(5_000);
    expect(await done).toBeUndefined();
    expect(written).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(asked[0]).toEqual({ container: 'c', follow: true, tailLines: 10 });
    expect(asked[1]).toEqual({ container: 'c', follow: true, sinceTime: '2030-01-01T00:00:02Z' });
  });

  it('goes on after a stream that ended although the container did not', async () => {
    const { clock, end, read, written } = aContainer([[line(1, 'a')], [line(1, 'a'), line(2, 'b')], []]);
    const done = read();
    await clock.advance(1_500);
    end();
    await clock.advance(2_000);
    await done;
    expect(written).toEqual(['a', 'b']);
  });

  it('is read once more after the end of the container was told', async () => {
    const { clock, end, read, written } = aContainer([[line(1, 'a')], [line(1, 'a'), line(2, 'last words')]]);
    const done = read();
    await clock.settle();
    end();
    await clock.advance(1_000);
    await done;
    expect(written).toEqual(['a', 'last words']);
  });

  it('tells why it cannot be had when it never could', async () => {
    const { end, read } = aContainer([{ refusal: 'pods "p" not found' }]);
    end();
    expect(await read()).toBe('pods "p" not found');
  });

  it('says nothing of a pod that went after its log was read', async () => {
    const { clock, end, read } = aContainer([[line(1, 'a')], { refusal: 'pods "p" not found' }]);
    const done = read();
    await clock.settle();
    end();
    await clock.advance(2_000);
    expect(await done).toBeUndefined();
  });

  it('leaves a stream that stays open although nothing more will come, and reads what it may have missed', async () => {
    const { asked, clock, read, written } = aContainer([
      { stays: true, lines: [line(1, 'a')] },
      [line(1, 'a'), line(2, 'b')],
    ]);
    const over = new AbortController();
    const done = read({ over: over.signal });
    await clock.advance(60_000);
    expect(written).toEqual(['a']);
    over.abort();
    await clock.advance(5_000);
    expect(await done).toBeUndefined();
    expect(written).toEqual(['a', 'b']);
    expect(asked.map(({ follow }) => follow)).toEqual([true, false]);
  });

  it('ends when nobody wants it any more', async () => {
    const { asked, clock, read, stop } = aContainer([]);
    const done = read();
    await clock.settle();
    stop.abort();
    await done;
    await clock.advance(10_000);
    expect(asked).toHaveLength(1);
  });
});
