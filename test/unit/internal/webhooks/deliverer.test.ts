import { describe, expect, test } from 'vitest';
import { StoreFailure } from '../../../../internal/store/store.ts';
import { aWebhookWorld, hook } from '../../../support/webhook-builders.ts';

const never = new Promise<never>(() => {});
const day = 86_400_000;

describe('the end of a job', () => {
  test('is told once, with its document, to the URL that it named; other jobs tell nobody', async () => {
    const world = await aWebhookWorld();
    const jobId = await world.finish('a');
    await world.finish('quiet', null);
    await world.clock.advance(day);
    expect(world.sent).toHaveLength(1);
    const [{ url, body, deliveryId } = { url: '', body: '', deliveryId: '' }] = world.sent;
    expect(url).toBe(hook);
    expect(JSON.parse(body)).toMatchObject({
      ...{ event: 'job.finished', delivery_id: deliveryId },
      job: { jobId, name: 'a', state: 'cancelled' },
    });
    expect(world.left()).toEqual([]);
    expect(world.metrics.measured).toContainEqual({
      ...{ name: 'kubejobs_webhook_tries_total', value: 1, labels: { outcome: 'delivered' } },
    });
  });

  test('is told again when the job was run again', async () => {
    const world = await aWebhookWorld();
    const jobId = await world.finish('a');
    await world.jobs.retry(jobId);
    await world.jobs.cancel(jobId);
    await world.clock.advance(day);
    expect(world.names()).toEqual(['a', 'a']);
    expect(new Set(world.sent.map(({ deliveryId }) => deliveryId)).size).toBe(2);
  });

  test('is tried again until it arrives, always with the same message', async () => {
    let tries = 0;
    const world = await aWebhookWorld({ answer: () => ({ status: ++tries < 4 ? 503 : 200 }) });
    await world.finish('a');
    expect(world.left()).toMatchObject([{ state: 'pending', tries: 1, lastStatus: 503 }]);
    await world.clock.advance(5 * 60_000);
    expect(tries).toBe(3);
    await world.clock.advance(2 * 60_000);
    expect([tries, world.left()]).toEqual([4, []]);
    expect(new Set(world.sent.map(({ body }) => body)).size).toBe(1);
  });

  test('has failed after ten tries, can be seen, and is sent again when somebody asks', async () => {
    let status = 500;
    const world = await aWebhookWorld({ answer: () => ({ status }) });
    await world.finish('a');
    await world.clock.advance(2 * day);
    expect(world.sent).toHaveLength(10);
    expect(world.webhooks.deliveries('failed', { limit: 9 })).toMatchObject({ total: 1, items: [{ tries: 10 }] });
    status = 200;
    const answer = await world.webhooks.redeliver(world.sent[0]?.deliveryId as string);
    expect(answer).toMatchObject({ ok: true, value: { state: 'pending', tries: 0 } });
    await world.clock.settle();
    expect([world.sent.length, world.left()]).toEqual([11, []]);
    expect(await world.webhooks.redeliver('unknown')).toMatchObject({ refusal: { code: 'delivery_not_found' } });
  });
});

describe('a program that ended', () => {
  test('before a message arrived sends it when it is back', async () => {
    const { store, finish, left } = await aWebhookWorld({ answer: () => never });
    await finish('a');
    expect(left()).toMatchObject([{ tries: 0 }]);
    const next = await aWebhookWorld({ store, at: 1_700_000_100_000, seed: 8 });
    await next.clock.advance(0);
    expect([next.names(), next.left()]).toEqual([['a'], []]);
  });

  test('right after a job had finished tells that when it is back, once', async () => {
    const { store, finish } = await aWebhookWorld();
    await finish('before');
    // As when the program ends between the job's commit and that of the delivery.
    const without = await aWebhookWorld({ store, off: true, seed: 8 });
    await without.finish('meanwhile');
    for (const seed of [9, 10]) {
      const next = await aWebhookWorld({ store, seed });
      await next.clock.advance(day);
      expect(next.names()).toEqual(seed === 9 ? ['meanwhile'] : []);
    }
  });
});

test('what finished before webhooks were first used is not told', async () => {
  const { store, finish } = await aWebhookWorld({ off: true });
  await finish('old');
  const world = await aWebhookWorld({ store, seed: 8 });
  await world.finish('new');
  expect(world.names()).toEqual(['new']);
});

test('a receiver that hangs keeps four tries and no others from their turn', async () => {
  const world = await aWebhookWorld({ answer: ({ url }) => (url === hook ? never : { status: 200 }) });
  for (let number = 0; number < 200; number += 1) await world.finish(`a${number}`);
  await world.finish('b', 'https://other.example/');
  expect(world.names()).toEqual(['a0', 'a1', 'a2', 'a3', 'b']);
  expect(world.left()).toHaveLength(200);
});

describe('while the store fails', () => {
  test('a finish that could not be made a delivery is made one later', async () => {
    const world = await aWebhookWorld();
    world.store.nextReadError = new StoreFailure('io', 'the disk is away');
    await world.finish('a');
    await world.clock.advance(60_000);
    expect(world.names()).toEqual(['a']);
  });

  test('a message whose arrival could not be noted comes again: at least once', async () => {
    const world = await aWebhookWorld({
      answer: () => {
        if (world.sent.length === 1) world.store.hold = true;
        return { status: 200 };
      },
    });
    await world.finish('a');
    world.store.refuse();
    world.store.hold = false;
    await world.clock.advance(60_000);
    expect(world.names()).toEqual(['a', 'a']);
    expect(world.left()).toEqual([]);
  });
});

describe('when receivers are away for good', () => {
  test('only so many deliveries wait, and the rest is dropped and counted', async () => {
    const world = await aWebhookWorld({ answer: () => never, mostPending: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await world.finish(name);
    expect(world.names()).toEqual(['a', 'b', 'c']);
    expect(world.left()).toHaveLength(3);
    const dropped = world.metrics.measured.filter(({ labels }) => labels.outcome === 'dropped');
    expect(dropped.map(({ value }) => value)).toEqual([1, 1]);
  });

  test('only the newest of those that have failed are kept', async () => {
    const world = await aWebhookWorld({ answer: () => ({ status: 410 }), mostFailed: 2 });
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await world.finish(name));
    expect(world.left().map(({ jobId }) => jobId)).toEqual(ids.slice(2));
  });
});

test('a stopped program sends nothing more', async () => {
  const world = await aWebhookWorld({ answer: () => ({ status: 500 }) });
  await world.finish('a');
  await world.deliverer.stop();
  await world.finish('b');
  await world.clock.advance(day);
  expect(world.names()).toEqual(['a']);
});

test('without --webhooks nothing is sent again', async () => {
  const { webhooks } = await aWebhookWorld({ off: true });
  expect(await webhooks.redeliver('x')).toMatchObject({ refusal: { code: 'webhooks_off' } });
});
