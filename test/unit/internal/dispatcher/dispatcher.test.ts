import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../support/core-builders.ts';
import { aDispatcher, callsOf, createOf, deleteOf } from '../../../support/dispatcher-builders.ts';
import { type FakeCall, lost, ok } from '../../../support/fake-cluster.ts';
import { recordingLogger, recordingMetrics } from '../../../support/recorders.ts';

const answered = (call: FakeCall) => ok(call.object);

describe('the dispatcher', () => {
  it('has at most `concurrency` effects under way and starts the others in the order they were decided', async () => {
    const { dispatcher, cluster, clock } = aDispatcher();
    dispatcher.release([createOf('a'), createOf('b'), createOf('c')]);
    dispatcher.release([deleteOf('d', 'u'), createOf('e')]);
    await clock.settle();
    expect(callsOf(cluster.calls)).toEqual(['create w-a', 'create w-b']);

    cluster.calls[1]?.answer(lost);
    await clock.settle();
    expect(callsOf(cluster.calls).slice(2)).toEqual(['create w-c']);

    cluster.calls[0]?.answer(lost);
    cluster.calls[2]?.answer(lost);
    await clock.settle();
    expect(callsOf(cluster.calls).slice(3)).toEqual(['delete w-d', 'create w-e']);
  });

  it('tells one outcome per effect, with the time of its answer', async () => {
    const { dispatcher, cluster, clock, emitted } = aDispatcher();
    dispatcher.release([createOf('a')]);
    await clock.advance(250);
    cluster.calls[0]?.answer(lost);
    await clock.settle();
    expect(emitted).toMatchObject([{ kind: 'create_unknown', at: 1_250 }]);
  });

  it('answers for a call that threw, so that no job waits for ever', async () => {
    const logger = recordingLogger();
    const { dispatcher, cluster, clock, emitted } = aDispatcher(undefined, { logger });
    dispatcher.release([createOf('a'), deleteOf('b', 'u')]);
    await clock.settle();
    for (const call of cluster.calls) call.fail(new Error('a bug'));
    await clock.settle();

    expect(emitted).toMatchObject([
      { kind: 'create_unknown', surelyNotMade: false, message: 'a bug' },
      { kind: 'delete_answered', outcome: 'failed', message: 'a bug' },
    ]);
    expect(logger.lines.map(({ fields }) => fields)).toMatchObject(
      emitted.map((event) => ({ jobId: 'jobId' in event && event.jobId, attempt: 1 })),
    );
    dispatcher.release([createOf('c')]);
    expect(callsOf(cluster.calls)).toContain('create w-c');
  });

  it('loses nothing of a long line, and nothing twice', async () => {
    const { dispatcher, clock, emitted } = aDispatcher(answered);
    const names = Array.from({ length: 5_000 }, (_, i) => `j${i}`);
    for (let i = 0; i < names.length; i += 50) dispatcher.release(names.slice(i, i + 50).map((name) => createOf(name)));
    await clock.settle();

    const told = emitted.map((event) => ('jobId' in event ? nameOf(event.jobId) : ''));
    expect(told).toEqual(names);
  });

  it('stops when the calls under way have answered, and starts no other', async () => {
    const { dispatcher, cluster, clock, emitted } = aDispatcher();
    dispatcher.release([createOf('a'), createOf('b'), createOf('c')]);
    let stopped = false;
    const stopping = dispatcher.stop().then(() => {
      stopped = true;
    });
    await clock.settle();
    cluster.calls[0]?.answer(lost);
    await clock.settle();
    expect(stopped).toBe(false);

    cluster.calls[1]?.answer(lost);
    await stopping;
    expect(emitted).toHaveLength(2);
    dispatcher.release([createOf('d')]);
    await clock.settle();
    expect(callsOf(cluster.calls)).toEqual(['create w-a', 'create w-b']);
  });

  it('stops at once when nothing is under way', async () => {
    const { dispatcher } = aDispatcher();
    await expect(dispatcher.stop()).resolves.toBeUndefined();
  });

  it('forgets on request what has not been started, and goes on with what comes then', async () => {
    const { dispatcher, cluster, clock } = aDispatcher();
    dispatcher.release([createOf('a'), createOf('b'), createOf('c'), createOf('d')]);
    dispatcher.dropWaiting();
    dispatcher.release([createOf('e')]);
    for (const call of [...cluster.calls]) call.answer(lost);
    await clock.settle();
    expect(callsOf(cluster.calls)).toEqual(['create w-a', 'create w-b', 'create w-e']);
  });

  it('counts how creates ended', async () => {
    const metrics = recordingMetrics();
    const { dispatcher, clock } = aDispatcher((call) => (call.name === 'w-a' ? ok(call.object) : lost), { metrics });
    dispatcher.release([createOf('a'), createOf('b'), deleteOf('c', 'u')]);
    await clock.settle();
    expect(metrics.measured.map(({ labels }) => labels)).toEqual([{ outcome: 'made' }, { outcome: 'unknown' }]);
  });
});
