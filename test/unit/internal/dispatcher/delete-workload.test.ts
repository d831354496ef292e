import { describe, expect, it } from 'vitest';
import { idOf } from '../../../support/core-builders.ts';
import { aDispatcher, callsOf, deleteOf, queueId } from '../../../support/dispatcher-builders.ts';
import { absent, type FakeCall, lost, markedJob, no, ok } from '../../../support/fake-cluster.ts';

const conflict = no(409, 'Conflict', 'the UID in the precondition does not match');

async function outcomeOf(effect: ReturnType<typeof deleteOf>, rule: (call: FakeCall) => ReturnType<typeof ok>) {
  const { dispatcher, clock, emitted, cluster } = aDispatcher(rule);
  dispatcher.release([effect]);
  await clock.settle();
  return { outcome: emitted[0], calls: callsOf(cluster.calls), options: cluster.calls.map((call) => call.options) };
}

describe('a deletion with a known uid', () => {
  it('is sent with that uid and the propagation that was decided', async () => {
    const { outcome, options } = await outcomeOf(deleteOf('a', 'u1', 'background'), () => ok());
    expect(outcome).toEqual({ kind: 'delete_answered', at: 1_000, jobId: idOf('a'), attempt: 1, outcome: 'accepted' });
    expect(options).toEqual([{ propagation: 'background', uid: 'u1' }]);
  });

  it('finds the workload missing when there is no such object', async () => {
    const { outcome } = await outcomeOf(deleteOf('a', 'u1'), () => absent);
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: 'missing', jobId: idOf('a'), attempt: 1 });
  });

  it('finds it missing, too, when the name is another’s by now, and leaves that one alone', async () => {
    const other = markedJob({ queueId: 'other', jobId: idOf('a') }, { uid: 'u2' });
    const { outcome, calls } = await outcomeOf(deleteOf('a', 'u1'), (call) =>
      call.verb === 'get' ? ok(other) : conflict,
    );
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: 'missing' });
    expect(calls).toEqual(['delete w-a', 'get w-a']);
  });

  it('deletes what a late create of this attempt made under the same name', async () => {
    const late = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u2' });
    const answer = (call: FakeCall) => (call.verb === 'get' ? ok(late) : call.options?.uid === 'u2' ? ok() : conflict);
    const { outcome, options } = await outcomeOf(deleteOf('a', 'u1'), answer);
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: 'accepted' });
    expect(options.at(-1)).toEqual({ propagation: 'foreground', uid: 'u2' });
  });
});

describe('a deletion of what has passed its timeout, or is to give way', () => {
  const ours = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u1' });
  const ended = { ...ours, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  const going = { ...ended, metadata: { ...ended.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } };

  it.each([
    ['runs', ours, ['get w-a', 'delete w-a'], 'accepted'],
    ['has ended', ended, ['get w-a'], 'finished'],
    ['ended because it is being deleted', going, ['get w-a', 'delete w-a'], 'accepted'],
  ])('looks first: it %s', async (_what, found, wanted, answer) => {
    const deletion = { ...deleteOf('a', 'u1'), unlessFinished: true } as const;
    const { outcome, calls } = await outcomeOf(deletion, (call) => (call.verb === 'get' ? ok(found) : ok()));
    expect(calls).toEqual(wanted);
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: answer });
  });

  it('takes it only as it was seen: one that has ended before the deletion arrives is left alone', async () => {
    const seen = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u1', resourceVersion: '7' });
    const deletion = { ...deleteOf('a', 'u1'), unlessFinished: true } as const;
    const { outcome, options } = await outcomeOf(deletion, (call) => (call.verb === 'get' ? ok(seen) : conflict));
    expect(options.at(-1)).toEqual({ propagation: 'foreground', uid: 'u1', resourceVersion: '7' });
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: 'failed' });
  });
});

describe('a deletion without a known uid', () => {
  it.each([
    [
      'there and ours',
      ok(markedJob({ queueId, jobId: idOf('a') }, { uid: 'u5' })),
      ['get w-a', 'delete w-a'],
      'accepted',
    ],
    ['not there', absent, ['get w-a'], 'missing'],
    ['somebody else’s', ok(markedJob({ queueId: 'other', jobId: idOf('a') })), ['get w-a'], 'missing'],
  ])('looks first: %s', async (_what, found, wanted, answer) => {
    const { outcome, calls } = await outcomeOf(deleteOf('a'), (call) => (call.verb === 'get' ? found : ok()));
    expect(calls).toEqual(wanted);
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: answer });
  });

  it('never deletes an object other than the one it looked at', async () => {
    const found = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u5', resourceVersion: '7' });
    const { options } = await outcomeOf(deleteOf('a'), (call) => (call.verb === 'get' ? ok(found) : ok()));
    expect(options.at(-1)).toEqual({ propagation: 'foreground', uid: 'u5' });
  });
});

describe('a deletion that failed', () => {
  it.each([
    ['no answer', lost],
    ['no permission', no(403, 'Forbidden')],
    ['a conflict that stays', conflict],
  ])('is reported with the reason: %s', async (_why, answer) => {
    const found = markedJob({ queueId, jobId: idOf('a') });
    const { outcome } = await outcomeOf(deleteOf('a', 'u1'), (call) => (call.verb === 'get' ? ok(found) : answer));
    expect(outcome).toMatchObject({ kind: 'delete_answered', outcome: 'failed', message: expect.stringMatching(/.+/) });
  });

  it('passes on how long the server asked to wait', async () => {
    const { outcome } = await outcomeOf(deleteOf('a', 'u1'), () => ({
      outcome: 'unknown',
      status: 503,
      message: 'busy',
      retryAfterMs: 9_000,
    }));
    expect(outcome).toMatchObject({ outcome: 'failed', retryAfterMs: 9_000 });
  });
});
