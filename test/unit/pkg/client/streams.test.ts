// What the client reads or sends piece by piece: events, logs, batches.
import { describe, expect, it, vi } from 'vitest';
import {
  createClient,
  type EventsOptions,
  ServerUnreachable,
  type StreamedEvent,
} from '../../../../pkg/client/index.ts';
import { aScriptedServer, type Exchange, hangUp, problem, text } from '../../../support/scripted-server.ts';

const retrying = { pause: async () => {}, random: () => 0 };
const change = (state: string) => ({ job_id: 'id1', queue: 'default', state, at: '2026-11-04T09:30:00.000Z' });
const sent = (id: number, state: string) => `id: ${id}\nevent: ${state}\ndata: ${JSON.stringify(change(state))}\n\n`;

/** Sends this and leaves the stream open, or closes it. */
function stream(content: string, end = false) {
  return ({ response }: Exchange): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(content);
    if (end) response.end();
  };
}

describe('the stream of events', () => {
  async function firstEvents(url: string, count: number, options: EventsOptions = {}): Promise<StreamedEvent[]> {
    const stop = new AbortController();
    const seen: StreamedEvent[] = [];
    for await (const event of createClient({ baseUrl: url, retrying }).events({ ...options, signal: stop.signal })) {
      seen.push(event);
      if (seen.length === count) stop.abort();
    }
    return seen;
  }

  it('goes on after the last event when its connection ends or breaks', async () => {
    const broken = (exchange: Exchange): void => {
      stream(sent(6, 'running'))(exchange);
      setImmediate(() => exchange.request.socket.destroy());
    };
    const { url, asked } = await aScriptedServer({
      'GET /events': [stream(sent(5, 'pending'), true), broken, hangUp, stream(sent(8, 'succeeded'))],
    });
    expect(await firstEvents(url, 3)).toEqual([
      { type: 'change', id: '5', change: change('pending') },
      { type: 'change', id: '6', change: change('running') },
      { type: 'change', id: '8', change: change('succeeded') },
    ]);
    expect(asked.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '5', '6', '6']);
  });

  it('begins where it is told, for one job or one queue', async () => {
    const { url, asked } = await aScriptedServer({ 'GET /events': stream(sent(5, 'pending')) });
    await firstEvents(url, 1, { lastEventId: '4', jobId: 'id1', queue: 'nightly' });
    expect(asked[0]).toMatchObject({ path: '/events?job_id=id1&queue=nightly', headers: { 'last-event-id': '4' } });
  });

  it('tells that events are gone', async () => {
    const { url } = await aScriptedServer({ 'GET /events': stream('id: 9\nevent: reset\ndata: {}\n\n') });
    expect(await firstEvents(url, 1, { lastEventId: '1' })).toEqual([{ type: 'reset', id: '9' }]);
  });

  it('is given up when the server stays away, and at once when it refuses', async () => {
    const away = await aScriptedServer({ 'GET /events': [hangUp] });
    await expect(firstEvents(away.url, 1)).rejects.toBeInstanceOf(ServerUnreachable);
    expect(away.asked).toHaveLength(5);
    const refusing = await aScriptedServer({ 'GET /events': problem('unauthenticated') });
    await expect(firstEvents(refusing.url, 1)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(refusing.asked).toHaveLength(1);
  });

  it('says when it is open, before there is an event', async () => {
    const { url } = await aScriptedServer({ 'GET /events': stream(': hello\n\n') });
    const stop = new AbortController();
    const opened = vi.fn(() => stop.abort());
    for await (const _event of createClient({ baseUrl: url }).events({ signal: stop.signal, onOpen: opened }));
    expect(opened).toHaveBeenCalledOnce();
  });
});

describe('the stream of workloads', () => {
  const workload = {
    kind: 'Job',
    namespace: 'default',
    name: 'a',
    uid: 'u',
    state: 'Running',
    healthy: true,
    pods: {},
  };
  const changed = `event: changed\ndata: ${JSON.stringify(workload)}\n\n`;
  const gone = 'event: gone\ndata: {"kind":"Job","namespace":"default","name":"a"}\n\n';
  const synced = 'event: synced\ndata: {"kind":"Job"}\n\n';

  it('goes on over a new connection, which begins anew, and says so', async () => {
    const { url, asked } = await aScriptedServer({
      'GET /workloads/events': [
        stream(changed + synced, true),
        hangUp,
        stream(`event: later\ndata: {}\n\n${gone}${synced}`),
      ],
    });
    const stop = new AbortController();
    const seen: unknown[] = [];
    const onOpen = (): unknown => seen.push('open');
    const filter = { kind: 'Job', namespace: 'default' } as const;
    const events = createClient({ baseUrl: url, retrying }).workloadEvents({ ...filter, signal: stop.signal, onOpen });
    for await (const event of events) if (seen.push(event) === 6) stop.abort();
    const ofKind = { type: 'synced', kind: 'Job' };
    expect(seen).toEqual([
      ...['open', { type: 'changed', workload }, ofKind],
      ...['open', { type: 'gone', kind: 'Job', namespace: 'default', name: 'a' }, ofKind],
    ]);
    expect(asked.map(({ path }) => path)).toEqual(Array(3).fill('/workloads/events?kind=Job&namespace=default'));
  });

  it('is given up at once when the server refuses', async () => {
    const { url } = await aScriptedServer({ 'GET /workloads/events': problem('controller_off') });
    const events = createClient({ baseUrl: url, retrying }).workloadEvents();
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'controller_off' });
  });
});

it('workloads come in pages with the counts beside them', async () => {
  const counts = { kinds: [], pods: { Running: 1 }, container_issues: {} };
  const { url, asked } = await aScriptedServer({
    'GET /workloads': ({ response }) => {
      response.setHeader('x-total-count', '2').setHeader('link', '</workloads?cursor=abc>; rel="next"');
      response.end(JSON.stringify({ ...counts, workloads: [] }));
    },
  });
  const page = await createClient({ baseUrl: url }).workloads({ kind: 'Job', unhealthy: false, limit: 1 });
  expect(page).toEqual({ items: [], next: 'abc', total: 2, counts });
  expect(asked[0]?.path).toBe('/workloads?limit=1&kind=Job&unhealthy=false');
});

describe('logs', () => {
  it('are asked for with every option and come as text', async () => {
    const { url, asked } = await aScriptedServer({ 'GET /jobs/id1/logs': text('one\ntwo €\n') });
    const options = { follow: true, tail: 0, container: 'main', attempt: 2, timestamps: true };
    let read = '';
    for await (const piece of createClient({ baseUrl: url }).logs('id1', options)) read += piece;
    expect(read).toBe('one\ntwo €\n');
    expect(asked[0]?.path).toBe('/jobs/id1/logs?follow=true&tail=0&container=main&attempt=2&timestamps=true');
  });

  it('that break off are an error, not an end', async () => {
    const { url } = await aScriptedServer({
      'GET /jobs/id1/logs': ({ request, response }) => {
        response.write('half');
        setImmediate(() => request.socket.destroy());
      },
    });
    const read = async (): Promise<void> => {
      for await (const _piece of createClient({ baseUrl: url, retrying }).logs('id1'));
    };
    await expect(read()).rejects.toThrow(/its answer broke off/);
  });
});

describe('a streamed batch', () => {
  it('gets answers while it is still being sent', async () => {
    const echo = ({ request, response }: Exchange): void => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      let line = 0;
      request.on('data', (chunk: Buffer) => {
        for (const each of String(chunk).trim().split('\n')) {
          response.write(`${JSON.stringify({ line: ++line, ...JSON.parse(each) })}\n`);
        }
      });
      request.on('end', () => response.end());
    };
    const { url, asked } = await aScriptedServer({ 'POST /jobs/batch': echo }, ['POST /jobs/batch']);
    let answered = () => {};
    async function* submissions(): AsyncIterable<object> {
      for (const name of ['job1', 'job2', 'job3']) {
        const answer = new Promise<void>((resolve) => (answered = resolve));
        yield { name };
        await answer;
      }
    }
    const answers: unknown[] = [];
    for await (const each of createClient({ baseUrl: url }).submitStream(submissions(), { idempotencyKey: 'k1' })) {
      answers.push(each);
      answered();
    }
    expect(answers).toEqual([1, 2, 3].map((line) => ({ line, name: `job${line}` })));
    expect(asked[0]?.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'idempotency-key': 'k1' });
  });
});

it.each([
  ['wait', 'GET /jobs/id1/wait?timeout=5', ''],
  ['create', 'POST /schedules', '{"name":"nightly","cron":"@daily","job":{"name":"a"}}'],
  ['list', 'GET /schedules', ''],
  ['show', 'GET /schedules/a%2Fb', ''],
  ['change', 'PATCH /schedules/nightly', '{"suspend":true}'],
  ['delete', 'DELETE /schedules/nightly', ''],
  ['pause', 'POST /pause', ''],
  ['resume', 'POST /resume', ''],
] as const)('the call to %s is %s', async (what, call, body) => {
  const { url, asked } = await aScriptedServer({ [call.replace(/\?.*/, '')]: [({ response }) => response.end('[]')] });
  const client = createClient({ baseUrl: url });
  const calls = {
    wait: () => client.wait('id1', { timeoutSeconds: 5 }),
    create: () => client.createSchedule({ name: 'nightly', cron: '@daily', job: { name: 'a' } }),
    list: () => client.schedules(),
    show: () => client.schedule('a/b'),
    change: () => client.changeSchedule('nightly', { suspend: true }),
    delete: () => client.deleteSchedule('nightly'),
    pause: () => client.pause(),
    resume: () => client.resume(),
  };
  await calls[what]();
  expect(asked.map(({ method, path, body: given }) => [`${method} ${path}`, given])).toEqual([[call, body]]);
});
