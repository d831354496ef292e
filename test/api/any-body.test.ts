import fc from 'fast-check';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { submissionBody } from '../../pkg/api/schemas/submission.ts';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';

const service = new FakeService();
const app = await newServer({ service });
afterAll(() => app.close());
beforeEach(() => {
  service.stored.length = 0;
});

const fields = Object.keys(submissionBody.properties);
const key = fc.oneof(fc.constantFrom(...fields), fc.string());
const value = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.stringMatching(/^[a-z0-9-]{1,8}$/),
  fc.integer(),
  fc.array(fc.string()),
  fc.array(fc.record({ name: fc.string(), value: fc.string(), valueFrom: fc.jsonValue() }, { requiredKeys: [] })),
  fc.dictionary(fc.string(), fc.string()),
);
const almostASubmission = fc
  .dictionary(key, value)
  .chain((body) => fc.constantFrom(body, { ...body, name: 'job1' }, { ...body, name: 'job1', priority: 1 }));
const anyBody = fc.oneof(fc.jsonValue(), almostASubmission);

async function send(payload: string | Buffer): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await app.inject({ method: 'POST', url: '/jobs', headers, payload });
  const body = answer.json();
  if (answer.statusCode !== 201) {
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: answer.statusCode, type: `/errors/${body.code}` });
    expect(body.detail).not.toMatch(/undefined|NaN|\[object/);
  }
  return answer.statusCode;
}

test('any JSON body is stored with a 201 or refused with a 400, and a refused one stores nothing', async () => {
  await fc.assert(
    fc.asyncProperty(anyBody, async (body) => {
      const before = service.stored.length;
      const status = await send(JSON.stringify(body));
      expect([status, service.stored.length - before]).toEqual(status === 201 ? [201, 1] : [400, 0]);
    }),
    { numRuns: 2000 },
  );
});

test('any bytes at all are answered with a 4xx or, when they happen to be a job, with a 201', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ minLength: 1 }), fc.string({ minLength: 1 })), async (bytes) => {
      const before = service.stored.length;
      const status = await send(Buffer.from(bytes as Uint8Array));
      expect([status, service.stored.length - before]).toEqual(status === 201 ? [201, 1] : [400, 0]);
    }),
    { numRuns: 500 },
  );
});

test('any path and query is answered below 500', async () => {
  const segment = fc.oneof(fc.constantFrom('jobs', 'pending', 'errors', 'docs', '..', '%2e', '%00'), fc.webSegment());
  const query = fc.webQueryParameters();
  await fc.assert(
    fc.asyncProperty(fc.array(segment, { maxLength: 4 }), query, async (segments, parameters) => {
      const answer = await app.inject(`/${segments.join('/')}?${parameters}`);
      expect(answer.statusCode).toBeLessThan(500);
    }),
    { numRuns: 1000 },
  );
});

test('a job that was accepted is one that fits the rules', async () => {
  const name = fc.string({ unit: fc.constantFrom(...'abzABZ059-_. '), minLength: 1, maxLength: 66 });
  const fitsRfc1123 = (text: string): boolean =>
    text.length <= 63 && /^[a-z0-9-]+$/.test(text) && !text.startsWith('-') && !text.endsWith('-');
  await fc.assert(
    fc.asyncProperty(name, async (text) => {
      expect(await send(JSON.stringify({ name: text }))).toBe(fitsRfc1123(text) ? 201 : 400);
    }),
    { numRuns: 1000 },
  );
});
