import { describe, expect, it, vi } from 'vitest';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { FakeEvents } from '../support/fake-events.ts';
import { aJob, jobIdOf } from '../support/fake-service.ts';
import { openConnection } from '../support/raw-connection.ts';

const path = `/jobs/${jobIdOf(1)}/wait`;

function holdingEvents(): FakeEvents {
  return Object.assign(new FakeEvents(), { holds: true });
}

describe('GET /jobs/{id}/wait', () => {
  it('answers when the job has ended, with the job as it is then', async () => {
    const events = holdingEvents();
    const { app, service } = await anApi({ events });
    const job = aJob();
    service.with(job);
    const answer = app.inject(path);
    await vi.waitFor(() => expect(events.waiting.has(jobIdOf(1))).toBe(true));
    Object.assign(job, { state: 'failed', reason: 'exit_code', exitCode: 3 });
    events.waiting.get(jobIdOf(1))?.();
    expect((await answer).json()).toMatchObject({ state: 'failed', exit_code: 3 });
  });

  it.each([
    ['', 30_000],
    ['?timeout=0', 0],
    ['?timeout=45', 45_000],
  ])('waits as long as it is told: %j', async (query, expected) => {
    const events = holdingEvents();
    const { app, service } = await anApi({ events });
    service.with(aJob());
    const answer = app.inject(path.toUpperCase().replace('JOBS', 'jobs').replace('WAIT', 'wait') + query);
    await vi.waitFor(() => expect(events.lastTimeoutMs).toBe(expected));
    events.waiting.get(jobIdOf(1))?.();
    expect((await answer).json()).toMatchObject({ state: 'pending' });
  });

  it('says that there is no such job', async () => {
    const events = holdingEvents();
    const { app } = await anApi({ events });
    const answer = app.inject(path);
    await vi.waitFor(() => expect(events.waiting.size).toBe(1));
    events.waiting.get(jobIdOf(1))?.();
    expect((await answer).json()).toMatchObject({ code: 'job_not_found' });
  });

  it.each(['46', '-1', '1.5', 'soon', ''])('refuses a timeout of %j', async (timeout) => {
    const { app } = await anApi();
    const answer = await app.inject(`${path}?timeout=${timeout}`);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter: 'timeout' }] });
  });

  it('lets go of a caller who has left', async () => {
    const events = holdingEvents();
    const { port } = await aListeningApi({ events });
    const connection = await openConnection(port);
    connection.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await vi.waitFor(() => expect(events.waiting.size).toBe(1));
    connection.socket.destroy();
    await vi.waitFor(() => expect(events.waiting.size).toBe(0));
  });

  it('is answered before the server closes', async () => {
    const events = holdingEvents();
    const { app, service, port } = await aListeningApi({ events });
    service.with(aJob());
    const connection = await openConnection(port);
    connection.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await vi.waitFor(() => expect(events.waiting.size).toBe(1));
    await app.close();
    await connection.closed;
    expect(connection.received()).toMatch(/^HTTP\/1\.1 200 .*"state":"pending"/s);
  });
});
