import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobsResource, type WatchEvent, type WatchOptions } from '../../../../../pkg/kubernetes/cluster.ts';
import { json, statusObject } from '../../../../support/kubernetes-server.ts';
import { type World, world } from './connected.ts';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const event = (name: string) => ({ type: 'ADDED', object: { metadata: { name } } });

async function watching(answer: (response: ServerResponse) => void, options: Partial<WatchOptions> = {}) {
  open = await world((_received, response) => answer(response));
  const { cluster } = await open.connect({ user: { token: 'secret-token' } });
  const abort = new AbortController();
  return { abort, stream: cluster.watch(jobsResource, { resourceVersion: '5', signal: abort.signal, ...options }) };
}

async function all(stream: AsyncIterable<WatchEvent>): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const one of stream) events.push(one);
  return events;
}

describe('a watch', () => {
  it('continues from a version, asks for bookmarks, and never has the token in its query', async () => {
    const { stream } = await watching((response) => response.end(`${JSON.stringify(event('a'))}\n`), {
      namespace: 'team',
      labelSelector: 'a=b',
      timeoutSeconds: 60,
    });
    expect(await all(stream)).toEqual([event('a')]);
    const { url, headers } = open?.server.received[0] ?? { url: '', headers: {} };
    const { pathname, searchParams } = new URL(url, 'http://x');
    expect(pathname).toBe('/apis/batch/v1/namespaces/team/jobs');
    expect(Object.fromEntries(searchParams)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '5',
      labelSelector: 'a=b',
      timeoutSeconds: '60',
    });
    expect(headers.authorization).toBe('Bearer secret-token');
  });

  it('is told as it comes, not when it ends', async () => {
    const { stream } = await watching((response) => void response.write(`${JSON.stringify(event('a'))}\n`));
    for await (const one of stream) {
      expect(one).toEqual(event('a'));
      break;
    }
  });

  it('ends when it is aborted, and the server sees its connection close', async () => {
    const closed = vi.fn();
    const { abort, stream } = await watching((response) => {
      response.on('close', closed);
      response.write(`${JSON.stringify(event('a'))}\n`);
    });
    const events: WatchEvent[] = [];
    for await (const one of stream) {
      events.push(one);
      abort.abort();
    }
    expect(events).toHaveLength(1);
    await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  });

  it('that was aborted before asks nothing', async () => {
    const { abort, stream } = await watching(() => {});
    abort.abort();
    expect(await all(stream)).toEqual([]);
    expect(open?.server.received).toEqual([]);
  });

  it('from a version that is gone is one error event with code 410', async () => {
    const { stream } = await watching((response) => json(response, 410, statusObject(410, 'Expired', 'too old')));
    expect(await all(stream)).toEqual([{ type: 'ERROR', code: 410, message: 'too old' }]);
  });

  it('that is refused throws with the status, the words and the wait', async () => {
    const body = statusObject(429, 'TooManyRequests', 'slow down');
    const { stream } = await watching((response) => json(response, 429, body, { 'retry-after': '3' }));
    await expect(all(stream)).rejects.toMatchObject({ status: 429, message: 'slow down', retryAfterMs: 3_000 });
  });

  it('whose connection breaks throws', async () => {
    const { stream } = await watching((response) => {
      response.write(`${JSON.stringify(event('a'))}\n`);
      setImmediate(() => response.destroy());
    });
    await expect(all(stream)).rejects.toThrow();
  });

  it('does not take a place from the calls, however many there are', async () => {
    open = await world(({ url }, response) => {
      if (url.includes('watch=true')) response.write('\n');
      else json(response, 200, { metadata: { name: 'a' } });
    });
    const { cluster } = await open.connect({}, { limits: { connections: 1 } });
    const abort = new AbortController();
    const watches = [1, 2, 3].map(() =>
      all(cluster.watch(jobsResource, { resourceVersion: '1', signal: abort.signal })),
    );
    await vi.waitFor(() => expect(open?.server.received).toHaveLength(3));
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    abort.abort();
    expect(await Promise.all(watches)).toEqual([[], [], []]);
  });
});
