// A workload that keeps its name from attempt to attempt: what is in the way of the next one, and what becomes of that.
import { describe, expect, it } from 'vitest';
import type { CreateDeps } from '../../../../internal/dispatcher/create-workload.ts';
import type { KubernetesObject } from '../../../../pkg/kubernetes/cluster.ts';
import { idOf } from '../../../support/core-builders.ts';
import { aDispatcher, callsOf, createOf, queueId } from '../../../support/dispatcher-builders.ts';
import { alreadyExists, markedJob, no, ok } from '../../../support/fake-cluster.ts';

const before = markedJob({ queueId, jobId: idOf('a'), attempt: 1 }, { uid: 'u1', name: 'w-a' });
const going = { ...before, metadata: { ...before.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
const foreign = markedJob({ queueId: 'another', jobId: idOf('a'), attempt: 1 });

type Standing = ReturnType<NonNullable<CreateDeps['standing']>>;

async function second(found: KubernetesObject, standing: Standing, deleted = ok()) {
  const { dispatcher, clock, emitted, cluster } = aDispatcher(
    ({ verb }) => (verb === 'create' ? alreadyExists : verb === 'get' ? ok(found) : deleted),
    { standing: () => standing },
  );
  dispatcher.release([createOf('a', { attempt: 2 })]);
  await clock.settle();
  return { outcome: emitted[0], calls: callsOf(cluster.calls), deletion: cluster.calls[2] };
}

describe('a name that an attempt before had', () => {
  it('is made free when that attempt is over, and the create is tried again', async () => {
    const { outcome, calls, deletion } = await second(before, 'over');
    expect(outcome).toMatchObject({ kind: 'create_unknown', surelyNotMade: true, attempt: 2 });
    expect(calls).toEqual(['create w-a', 'get w-a', 'delete w-a']);
    expect(deletion).toMatchObject({ options: { propagation: 'foreground', uid: 'u1' } });
  });

  it.each<[string, KubernetesObject, Standing]>([
    ['its object is being deleted already', going, 'over'],
    ['that one is not over, but its object is going', going, 'running'],
    ['a lost create of it may still land', before, 'settling'],
  ])('is waited for while %s', async (_what, found, standing) => {
    const { outcome, calls } = await second(found, standing);
    expect(outcome).toMatchObject({ kind: 'create_unknown', surelyNotMade: true });
    expect(calls).toEqual(['create w-a', 'get w-a']);
  });

  it('is waited for as long as the API server asks', async () => {
    const busy = { ...no(429, 'TooManyRequests'), retryAfterMs: 3_000 } as ReturnType<typeof ok>;
    expect((await second(before, 'over', busy)).outcome).toMatchObject({ kind: 'create_unknown', retryAfterMs: 3_000 });
  });

  it('is a refusal when that one runs, with the job that it is', async () => {
    const { outcome, calls } = await second(before, 'running');
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(outcome).toMatchObject({ message: expect.stringContaining(`runs already, for the job ${idOf('a')}`) });
    expect(calls).toEqual(['create w-a', 'get w-a']);
  });

  it.each<[string, KubernetesObject, Standing]>([
    ['no row knows it', before, undefined],
    ['it is another queue’s', foreign, 'over'],
  ])('is a refusal, and nothing is deleted, when %s', async (_what, found, standing) => {
    const { outcome, calls } = await second(found, standing);
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(outcome).toMatchObject({ message: expect.stringContaining('does not belong to this job') });
    expect(calls).toEqual(['create w-a', 'get w-a']);
  });
});

describe('a create of a kind that the API server does not have', () => {
  it('fails with its words and with what to do', async () => {
    const words = 'the server could not find the requested resource';
    const { dispatcher, clock, emitted } = aDispatcher(() => no(404, 'NotFound', words));
    const workload = { kind: 'JobSet', namespace: 'default', name: 'w-a' } as const;
    dispatcher.release([createOf('a', { workload })]);
    await clock.settle();
    expect(emitted[0]).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(emitted[0]).toMatchObject({ message: expect.stringMatching(`^${words}: kubejobs install crds`) });
  });
});
