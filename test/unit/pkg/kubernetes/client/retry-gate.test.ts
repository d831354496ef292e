import { afterEach, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { parseRetryAfter, retryGate } from '../../../../../pkg/kubernetes/client/retry-gate.ts';
import { jobsResource, podsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { json, statusObject } from '../../../../support/kubernetes-server.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';
import { type World, world } from './connected.ts';

const now = Date.UTC(2030, 0, 1);

describe('Retry-After', () => {
  it.each([
    ['seconds', '7', 7_000],
    ['nothing to wait for', '0', 0],
    ['an HTTP date', 'Tue, 01 Jan 2030 00:00:30 GMT', 30_000],
    ['a date that has passed', 'Tue, 01 Jan 2019 00:00:30 GMT', 0],
    ['an absurd number, which is cut', '99999999999', 300_000],
    ['nonsense', 'soon', undefined],
    ['a header that is not there', undefined, undefined],
  ])('may be %s', (_title, header, expected) => {
    expect(parseRetryAfter(header, now)).toBe(expected);
  });
});

describe('the gate of one server', () => {
  it('lets everyone through until it is closed', async () => {
    expect(await retryGate(virtualClock(now), seededRandom(1)).pass()).toBe(true);
  });

  it('holds who comes until the time has passed', async () => {
    const clock = virtualClock(now);
    const gate = retryGate(clock, seededRandom(1));
    gate.close(2_000, 429);
    let passedAt = 0;
    void gate.pass().then(() => {
      passedAt = clock.now();
    });
    await clock.advance(5_000);
    expect(passedAt).toBeGreaterThanOrEqual(now + 2_000);
    expect(passedAt).toBeLessThan(now + 2_200);
  });

  it('is not opened earlier by a shorter pause', async () => {
    const clock = virtualClock(now);
    const gate = retryGate(clock, seededRandom(1));
    gate.close(5_000, 429);
    gate.close(1_000, 429);
    expect(gate.remainingMs()).toBe(5_000);
  });

  it('lets one go first after the pause, and the others when that one was answered', async () => {
    const { clock, gate, passed } = threeWaitBehindAPause();
    await clock.advance(2_500);
    expect(passed).toHaveLength(1);
    gate.answered();
    await clock.advance(1);
    expect(passed).toEqual([true, true, true]);
  });

  it('lets one go at a time as long as each is asked to wait again', async () => {
    const { clock, gate, passed } = threeWaitBehindAPause();
    await clock.advance(2_500);
    gate.close(2_000, 429);
    await clock.advance(2_500);
    expect(passed).toHaveLength(2);
  });

  it('does not keep the others for long when the first is not answered at all', async () => {
    const { clock, passed } = threeWaitBehindAPause();
    await clock.advance(2_500);
    await clock.advance(1_000);
    expect(passed).toHaveLength(2);
  });

  it('is not opened by an answer to what was sent before it was closed', async () => {
    const { clock, gate, passed } = threeWaitBehindAPause();
    gate.answered();
    await clock.advance(2_500);
    expect(passed).toHaveLength(1);
  });

  it('is left by who no longer wants to wait', async () => {
    const clock = virtualClock(now);
    const gate = retryGate(clock, seededRandom(1));
    gate.close(5_000, 429);
    const abort = new AbortController();
    const passing = gate.pass(abort.signal);
    abort.abort();
    expect(await passing).toBe(false);
  });

  it('sends away who would have to wait for long, instead of keeping them', async () => {
    const clock = virtualClock(now);
    const gate = retryGate(clock, seededRandom(1));
    gate.close(60_000, 429);
    expect(await gate.pass()).toBe(false);
  });
});

function threeWaitBehindAPause() {
  const clock = virtualClock(now);
  const gate = retryGate(clock, seededRandom(1));
  const passed: boolean[] = [];
  gate.close(2_000, 429);
  for (let index = 0; index < 3; index += 1) void gate.pass().then((pass) => passed.push(pass));
  return { clock, gate, passed };
}

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A server that refuses its first request with this answer, and a client whose time stands still. */
async function refusingOnce(status: number, retryAfter: string) {
  const clock = virtualClock(now);
  let refused = false;
  const opened = await world((_received, response) => {
    if (refused) json(response, 200, { metadata: { name: 'a' } });
    else json(response, status, statusObject(status, 'X', 'not now'), { 'retry-after': retryAfter });
    refused = true;
  });
  open = opened;
  const { cluster } = await opened.connect({}, { clock });
  return { clock, cluster, received: opened.server.received };
}

describe('after an answer with Retry-After', () => {
  it.each([429, 503])('%i nothing is sent before that time, by anyone', async (status) => {
    const { clock, cluster, received } = await refusingOnce(status, '3');
    await cluster.get(jobsResource, 'team', 'a');
    const others = Promise.all([cluster.get(podsResource, 'team', 'p'), cluster.list(podsResource, {})]);
    await clock.advance(2_999);
    expect(received).toHaveLength(1);
    await clock.advance(200);
    await vi.waitFor(() => expect(received.length).toBeGreaterThan(1));
    await clock.advance(1_000);
    await others;
    expect(received).toHaveLength(3);
  });

  it('that asks for long, calls are turned away with the time that is left', async () => {
    const { clock, cluster, received } = await refusingOnce(429, '60');
    await cluster.get(jobsResource, 'team', 'a');
    await clock.advance(20_000);
    expect(await cluster.get(jobsResource, 'team', 'a')).toEqual({
      outcome: 'refused',
      status: 429,
      reason: 'TooManyRequests',
      message: 'the API server asked to wait (Retry-After)',
      retryAfterMs: 40_000,
    });
    expect(await cluster.ping()).toMatchObject({ outcome: 'refused', status: 429 });
    expect(received).toHaveLength(1);
    await clock.advance(41_000);
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
  });

  it.each([
    [429, 'is there'],
    [503, 'cannot be worked with'],
  ])('a %i that asks for long: a ping is not sent and says that the server %s', async (status, says) => {
    const { cluster, received } = await refusingOnce(status, '60');
    await cluster.get(jobsResource, 'team', 'a');
    expect(await cluster.ping()).toMatchObject({ outcome: says === 'is there' ? 'refused' : 'unknown', status });
    expect(received).toHaveLength(1);
  });

  it('a 500 with the same header stops nobody', async () => {
    const { cluster, received } = await refusingOnce(500, '60');
    await cluster.get(jobsResource, 'team', 'a');
    expect(await cluster.get(jobsResource, 'team', 'a')).toMatchObject({ outcome: 'ok' });
    expect(received).toHaveLength(2);
  });
});
