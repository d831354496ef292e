import { describe, expect, it, vi } from 'vitest';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { FakeLogs } from '../support/fake-logs.ts';
import { jobIdOf } from '../support/fake-service.ts';
import { openConnection } from '../support/raw-connection.ts';
import { rawRequest } from '../support/raw-request.ts';

const path = `/jobs/${jobIdOf(1)}/logs`;
const get = (query = ''): string => `GET ${path}${query} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

describe('GET /jobs/{id}/logs', () => {
  it('answers with the text as it is', async () => {
    const logs = new FakeLogs();
    const { port } = await aListeningApi({ logs });
    const answer = await rawRequest(port, get());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.body).toContain('a line\n');
    expect(logs.asked).toMatchObject({ jobId: jobIdOf(1), request: { follow: false, timestamps: false } });
  });

  it('hands on what was asked for', async () => {
    const logs = new FakeLogs();
    const { port } = await aListeningApi({ logs });
    await rawRequest(port, get('?follow=true&tail=7&container=main&attempt=2&timestamps=true'));
    expect(logs.asked?.request).toMatchObject({
      ...{ follow: true, tail: 7, container: 'main', attempt: 2, timestamps: true },
    });
  });

  it('says why there is none', async () => {
    const logs = Object.assign(new FakeLogs(), { refusal: { code: 'log_not_found', detail: 'the pods are gone' } });
    const { app } = await anApi({ logs });
    const answer = await app.inject(path);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'log_not_found', detail: 'the pods are gone' });
  });

  it.each(['follow=perhaps', 'tail=-1', 'tail=x', 'container=A', 'attempt=0', 'colour=red'])(
    'refuses %s',
    async (query) => {
      const { app } = await anApi();
      const answer = await app.inject(`${path}?${query}`);
      expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ parameter: query.split('=')[0] }] });
    },
  );

  it('ends for a reader who leaves', async () => {
    const logs = Object.assign(new FakeLogs(), { holds: true });
    const { port } = await aListeningApi({ logs });
    const connection = await openConnection(port);
    connection.send(get('?follow=true'));
    await connection.until(/a line/);
    connection.socket.destroy();
    await vi.waitFor(() => expect(logs.asked?.request.signal.aborted).toBe(true));
  });

  it('ends in order when the server closes', async () => {
    const logs = Object.assign(new FakeLogs(), { holds: true });
    const { app, port } = await aListeningApi({ logs });
    const connection = await openConnection(port);
    connection.send(get('?follow=true'));
    await connection.until(/a line/);
    await app.close();
    await connection.closed;
    expect(connection.received()).toMatch(/0\r\n\r\n$/);
  });
});
