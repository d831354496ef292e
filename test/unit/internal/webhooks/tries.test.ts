import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { signatureOf } from '../../../../internal/webhooks/signature.ts';
import { afterTry, sentAgain, waitsMs } from '../../../../internal/webhooks/tries.ts';
import type { Delivery } from '../../../../pkg/models/index.ts';

const fresh: Delivery = {
  ...{ deliveryId: 'd', jobId: 'j', url: 'https://hooks.example/', body: '{}', state: 'pending' },
  ...{ createdAt: 0, tries: 0, nextTryAt: 0 },
};

test.each([200, 202, 204, 299])('an answer of %i ends it', (status) => {
  expect(afterTry(fresh, { status }, 5)).toBeUndefined();
});

test.each([302, 400, 500])('an answer of %i is tried again, and told', (status) => {
  const next = afterTry(fresh, { status }, 5);
  expect(next).toMatchObject({ state: 'pending', tries: 1, lastTryAt: 5, lastStatus: status, nextTryAt: 5 + 10_000 });
  expect(next?.lastError).toContain(`${status}${status === 302 ? '; redirects are not followed' : ''}`);
});

test('no answer is tried again ten times in about a day, with growing waits, and then it has failed', () => {
  let delivery: Delivery = { ...fresh, lastStatus: 500 };
  const times: number[] = [];
  while (delivery.state === 'pending') {
    const at = delivery.nextTryAt as number;
    times.push(at);
    delivery = afterTry(delivery, { error: 'connection refused' }, at) as Delivery;
  }
  expect(times).toHaveLength(10);
  expect(Math.abs((times[9] as number) - 86_400_000)).toBeLessThan(2 * 3_600_000);
  expect([...waitsMs].sort((a, b) => a - b)).toEqual(waitsMs);
  expect(delivery).toMatchObject({ state: 'failed', tries: 10, lastError: 'connection refused' });
  expect(delivery).not.toHaveProperty('nextTryAt');
  expect(delivery).not.toHaveProperty('lastStatus');
  expect(sentAgain(delivery, 7)).toMatchObject({ state: 'pending', tries: 0, nextTryAt: 7 });
});

test('410 fails at once', () => {
  expect(afterTry(fresh, { status: 410 }, 5)).toMatchObject({ state: 'failed', tries: 1 });
});

test('the signature is an HMAC over the time and the body', () => {
  const body = '{"event":"job.finished","name":"wörd"}';
  const v1 = createHmac('sha256', 'a secret').update(`1700000000.${body}`).digest('hex');
  expect(signatureOf('a secret', 1_700_000_000_999, body)).toBe(`t=1700000000,v1=${v1}`);
});
