import { describe, expect, it, vi } from 'vitest';
import { accepted, refused } from '../../pkg/models/index.ts';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { jobIdOf } from '../support/fake-service.ts';
import { openConnection } from '../support/raw-connection.ts';

const lineType = { 'content-type': 'application/x-ndjson' };

function post(payload: unknown, headers: Record<string, string> = {}) {
  return { method: 'POST', url: '/jobs/batch', payload: payload as object, headers } as const;
}

function postLines(lines: string, headers: Record<string, string> = {}) {
  return { method: 'POST', url: '/jobs/batch', payload: lines, headers: { ...lineType, ...headers } } as const;
}

function documentsIn(text: string): Array<Record<string, unknown>> {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('an array of jobs', () => {
  it('is accepted in its order, and answered with what single calls answer', async () => {
    const { app, service } = await anApi();
    const answer = await app.inject(post([{ name: 'a' }, { name: 'b', priority: 3 }]));
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject([
      { name: 'a', queue_position: '0', status: 'Job submitted successfully' },
      { name: 'b', queue_position: '0' },
    ]);
    expect(service.submissions.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it.each([
    ['a bad field', [{ name: 'a' }, { name: 'b', priority: 'x' }], '/1/priority'],
    ['an unknown field', [{ name: 'a', colour: 1 }], '/0/colour'],
    ['fields that exclude each other', [{ name: 'a' }, { name: 'b', image: 'x', template: { a: 1 } }], '/1/image'],
    ['nothing in it', [], ''],
    ['a job that is none', [{ name: 'a' }, 7], '/1'],
    ['no array', { name: 'a' }, ''],
    ['too many', Array.from({ length: 10_001 }, () => ({ name: 'a' })), ''],
  ])('is refused as a whole for %s', async (_what, payload, pointer) => {
    const { app, service } = await anApi();
    const answer = await app.inject(post(payload));
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
    expect(service.submissions).toEqual([]);
  });

  it('may be 16 MiB long, and no longer', async () => {
    const { app } = await anApi();
    const job = { name: 'a', args: ['x'.repeat(100_000)] };
    expect((await app.inject(post(Array.from({ length: 150 }, () => job)))).statusCode).toBe(201);
    const over = await app.inject(post(Array.from({ length: 170 }, () => job)));
    expect(over.json()).toMatchObject({ code: 'body_too_large', detail: 'The request body is over 16 MiB.' });
  });

  it('is answered once more under the same key', async () => {
    const { app } = await anApi();
    const sent = post([{ name: 'a' }], { 'idempotency-key': 'k' });
    expect((await app.inject(sent)).headers['idempotency-replayed']).toBeUndefined();
    expect((await app.inject(sent)).headers['idempotency-replayed']).toBe('true');
  });

  it('is refused with the service’s words', async () => {
    const { app, service } = await anApi();
    service.refusal = { code: 'store_unavailable', detail: 'the disk is full' };
    expect((await app.inject(post([{ name: 'a' }]))).json()).toMatchObject({ detail: 'the disk is full' });
  });
});

describe('lines of jobs', () => {
  it('are answered line by line, the bad ones among them', async () => {
    const { app, service } = await anApi();
    const answer = await app.inject(
      postLines('{"name":"a"}\r\n\n{"name":"b","priority":1.5}\n{nonsense\n{"__proto__":{},"name":"x"}\n{"name":"c"}'),
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toMatch('application/x-ndjson');
    expect(documentsIn(answer.body)).toMatchObject([
      { line: 1, name: 'a', queue_position: '0', status: 'Job submitted successfully' },
      { line: 3, error: { code: 'validation_failed', errors: [{ pointer: '/priority' }] } },
      { line: 4, error: { code: 'invalid_json' } },
      { line: 5, error: { code: 'invalid_json' } },
      { line: 6, name: 'c', queue_position: '1' },
    ]);
    expect(service.submissions.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('that are too long, or no text, are told and passed over', async () => {
    const { app, service } = await anApi();
    const long = JSON.stringify({ name: 'a', args: ['x'.repeat(1_100_000)] });
    const payload = Buffer.concat([Buffer.from(`${long}\n{"name":"b"}\n`), Buffer.from([0xff, 0x0a])]);
    const answer = await app.inject({ ...postLines(''), payload });
    expect(documentsIn(answer.body)).toMatchObject([
      { line: 1, error: { code: 'body_too_large' } },
      { line: 2, name: 'b' },
      { line: 3, error: { code: 'invalid_json', detail: expect.stringContaining('UTF-8') } },
    ]);
    expect(service.submissions).toHaveLength(1);
  });

  it('have a key each under that of the request', async () => {
    const { app, service } = await anApi();
    await app.inject(postLines('{"name":"a"}\n{"name":"b"}\n', { 'idempotency-key': 'k' }));
    expect(service.keys).toEqual(['k#1', 'k#2']);
  });

  it('go on after one that is refused', async () => {
    const { app, service } = await anApi();
    const submit = service.submit.bind(service);
    service.submit = async (submission, key) => {
      if (submission.name === 'refused') return refused('policy_refused', 'no');
      return submit(submission, key);
    };
    const answer = await app.inject(postLines('{"name":"refused"}\n{"name":"c"}\n'));
    expect(documentsIn(answer.body)).toMatchObject([
      { line: 1, error: { code: 'policy_refused', detail: 'no' } },
      { line: 2, name: 'c' },
    ]);
  });

  it('end in an error each when the server breaks, which tells nothing of it', async () => {
    const { app, service } = await anApi();
    service.bug = new Error('a bug');
    const answer = await app.inject(postLines('{"name":"a"}\n{"name":"b"}\n'));
    expect(documentsIn(answer.body)).toMatchObject([
      { line: 1, error: { code: 'internal' } },
      { line: 2, error: { code: 'internal' } },
    ]);
    expect(answer.body).not.toContain('a bug');
  });

  it('with a template are accepted before what comes after them is', async () => {
    const { port, service } = await aListeningApi();
    const submitEach = service.submitEach.bind(service);
    let accept = (): void => {};
    service.submitEach = async (entries) => {
      if (entries[0]?.submission.workload.template) await new Promise<void>((resolve) => (accept = resolve));
      return submitEach(entries);
    };
    const asked = vi.spyOn(service, 'submitEach');
    const connection = await openConnection(port);
    connection.send('POST /jobs/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n');
    connection.send('Transfer-Encoding: chunked\r\n\r\n1f\r\n{"name":"a","template":{"x":1}}\r\n1\r\n\n\r\n');
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    connection.send('d\r\n{"name":"b"}\n\r\n0\r\n\r\n');
    accept();
    await connection.until(/0\r\n\r\n$/);
    expect(service.submissions.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('are taken as they come, also when that takes longer than a body may', async () => {
    const { port, service } = await aListeningApi({ limits: { requestTimeoutMs: 100 } });
    const connection = await openConnection(port);
    const head = 'POST /jobs/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n';
    connection.send(`${head}Transfer-Encoding: chunked\r\n\r\nd\r\n{"name":"a"}\n\r\n`);
    await vi.waitFor(() => expect(service.submissions).toHaveLength(1));
    const looks = new Promise((resolve) => setTimeout(resolve, 2_500));
    await looks;
    connection.send('d\r\n{"name":"b"}\n\r\n0\r\n\r\n');
    await connection.until(/0\r\n\r\n$/);
    expect(connection.received()).toMatch(/"line":1,.*"line":2,/s);
  });

  it('are not taken by other calls', async () => {
    const { app } = await anApi();
    const answer = await app.inject({ ...postLines('{"name":"a"}\n'), url: '/jobs' });
    expect(answer.statusCode).toBe(415);
  });

  it('are read no further while nobody takes the answers', async () => {
    const { port, service } = await aListeningApi();
    let taken = 0;
    service.submitEach = async (entries) => {
      taken += entries.length;
      return entries.map(({ submission: { name } }) =>
        accepted({ jobId: jobIdOf(taken), name, queuePosition: 0, replayed: false }),
      );
    };
    const connection = await openConnection(port);
    connection.socket.pause();
    const head = 'POST /jobs/batch HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n';
    connection.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const lines = '{"name":"a"}\n'.repeat(10_000);
    const chunk = `${lines.length.toString(16)}\r\n${lines}\r\n`;
    for (let count = 0; count < 20; count += 1) connection.send(chunk);
    let before = -1;
    await vi.waitFor(
      () => {
        const still = taken === before;
        before = taken;
        expect(still).toBe(true);
      },
      { interval: 500, timeout: 20_000 },
    );
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(200_000);
  });
});
