import { describe, expect, it, vi } from 'vitest';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { FakeEvents } from '../support/fake-events.ts';
import { jobIdOf } from '../support/fake-service.ts';
import { openConnection, type RawConnection } from '../support/raw-connection.ts';
import { recordingMetrics } from '../support/recorders.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

const at = '2026-11-04T09:30:00.000Z';

interface Reader extends RawConnection {
  /** The numbers of the events that came, and the word of each that has none. */
  ids(): number[];
}

async function aStream() {
  const events = new FakeEvents();
  const clock = virtualClock();
  const metrics = recordingMetrics();
  const { app, port } = await aListeningApi({ events, clock, metrics });
  const open = async (query = '', headers = ''): Promise<Reader> => {
    const connection = await openConnection(port);
    connection.send(`GET /events${query} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    const ids = (): number[] => [...connection.received().matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    return { ...connection, ids };
  };
  const listening = (count: number) => vi.waitFor(() => expect(events.listeners.size).toBe(count));
  return { app, events, clock, metrics, open, listening };
}

/** The timers of pages that follow each other at once. */
const nextPages = (clock: VirtualClock): Promise<void> => clock.advance(0);

describe('GET /events', () => {
  it('tells each change from now on as an event of the standard form', async () => {
    const { events, open, listening } = await aStream();
    events.tell();
    const reader = await open();
    await listening(1);
    events.tell({ state: 'running', attempt: 1 });
    events.tell({ state: 'failed', reason: 'exit_code', message: 'a\nb', attempt: 1, queue: 'gpu' });
    await reader.until(/failed/);
    const text = reader.received();
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toMatch(/^content-type: text\/event-stream\r$/im);
    expect(text).toMatch(/^cache-control: no-store\r$/im);
    const data = `{"job_id":"${jobIdOf(1)}","queue":"default","state":"running","at":"${at}","attempt":1}`;
    expect(text).toContain(`id: 2\nevent: running\ndata: ${data}\n\n`);
    expect(text).toContain('"queue":"gpu","state":"failed","reason":"exit_code","message":"a\\nb"');
    expect(reader.ids()).toEqual([2, 3]);
  });

  it('tells only of the job or the queue that was asked for', async () => {
    const { events, open, listening } = await aStream();
    const ofJob = await open(`?job_id=${jobIdOf(2).toUpperCase()}`);
    const ofQueue = await open('?queue=gpu');
    await listening(2);
    events.tell({ jobId: jobIdOf(1) });
    events.tell({ jobId: jobIdOf(2) });
    events.tell({ jobId: jobIdOf(3), queue: 'gpu' });
    await Promise.all([ofJob.until(/id: 2/), ofQueue.until(/id: 3/)]);
    expect([ofJob.ids(), ofQueue.ids()]).toEqual([[2], [3]]);
  });

  it('goes on after the last event that a reader has, however many came since', async () => {
    const { events, clock, open, listening } = await aStream();
    for (let count = 0; count < 1_200; count += 1) events.tell();
    const reader = await open('', 'Last-Event-ID: 3\r\n');
    await listening(1);
    await vi.waitFor(async () => {
      await nextPages(clock);
      expect(reader.ids().at(-1)).toBe(1_200);
    });
    events.tell();
    await reader.until(/id: 1201/);
    expect(reader.ids()).toEqual(Array.from({ length: 1_198 }, (_, index) => index + 4));
  });

  it.each([
    ['is gone', '2', 3],
    ['was never there', '99', 5],
  ])('says so when what the reader has %s', async (_why, last, expected) => {
    const { events, clock, open, listening } = await aStream();
    for (let count = 0; count < 5; count += 1) events.tell();
    events.goneUpTo = 3;
    const reader = await open('', `Last-Event-ID: ${last}\r\n`);
    await listening(1);
    await reader.until(/event: reset/);
    await nextPages(clock);
    expect(reader.ids()[0]).toBe(expected);
    events.tell();
    await reader.until(/id: 6/);
  });

  it('sends a comment now and then, so that nothing between takes the stream for dead', async () => {
    const { clock, open, listening } = await aStream();
    const reader = await open();
    await listening(1);
    await clock.advance(15_000);
    await reader.until(/\n:\n\n/);
  });

  it('cuts off a reader who takes nothing, keeps nothing for him, and tells the others everything', async () => {
    const { events, clock, metrics, open, listening } = await aStream();
    const stalled = await open();
    const reader = await open();
    await listening(2);
    stalled.socket.pause();
    const message = 'x'.repeat(250_000);
    for (let count = 0; count < 60; count += 1) {
      events.tell({ message });
      await vi.waitFor(async () => {
        await nextPages(clock);
        expect(reader.ids()).toHaveLength(count + 1);
      });
    }
    expect(stalled.ids().length).toBeLessThan(60);
    await clock.advance(31_000);
    await listening(1);
    expect(metrics.measured.map(({ name }) => name)).toContain('kubejobs_event_readers_cut_off_total');
    expect(reader.ids()).toHaveLength(60);
  });

  it('ends in order when the server closes', async () => {
    const { app, open, listening } = await aStream();
    const reader = await open();
    await listening(1);
    await app.close();
    await reader.closed;
    expect(reader.received()).toMatch(/0\r\n\r\n$/);
  });

  it.each([
    ['/events?job_id=7', {}, 'job_id'],
    ['/events?queue=A', {}, 'queue'],
    ['/events?colour=red', {}, 'colour'],
    ['/events', { 'last-event-id': 'x' }, 'last-event-id'],
  ])('refuses %j', async (url, headers, parameter) => {
    const { app } = await anApi();
    const answer = await app.inject({ url, headers });
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter }] });
  });
});
