// Creates, questions and deletions go to where the kind of the attempt's workload is kept.
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../../internal/core/decisions.ts';
import type { WorkloadKind } from '../../../../pkg/models/index.ts';
import { idOf } from '../../../support/core-builders.ts';
import { aDispatcher, queueId } from '../../../support/dispatcher-builders.ts';
import { absent, alreadyExists, type FakeCall, lost, markedJob, ok } from '../../../support/fake-cluster.ts';
import { aJob, anAttempt } from '../../../support/job-builders.ts';

const attemptOf = (kind: WorkloadKind) => anAttempt({ workload: { kind, namespace: 'default', name: 'w-a' } });
const createOf = (kind: WorkloadKind): Effect => ({
  kind: 'create_workload',
  job: aJob('a'),
  attempt: attemptOf(kind),
});
const deleteOf = (kind: WorkloadKind): Effect => {
  return { kind: 'delete_workload', jobId: idOf('a'), attempt: attemptOf(kind), propagation: 'foreground' };
};

async function carriedOut(effect: Effect, rule: (call: FakeCall) => ReturnType<typeof ok>) {
  const { dispatcher, clock, emitted, cluster } = aDispatcher(rule);
  dispatcher.release([effect]);
  await clock.settle();
  return { outcome: emitted[0], asked: cluster.calls.map(({ verb, resource }) => `${verb} ${resource.plural}`) };
}

const ours = markedJob({ queueId, jobId: idOf('a') }, { uid: 'u1' });
const others = { ...markedJob({ queueId: 'other', jobId: idOf('a') }), kind: 'PyTorchJob' };

describe('a workload of a kind', () => {
  it.each([
    ['Job', 'jobs'],
    ['PyTorchJob', 'pytorchjobs'],
    ['JobSet', 'jobsets'],
  ] as const)('%s is made, asked about and deleted among the %s', async (kind, plural) => {
    const made = await carriedOut(createOf(kind), () => ok(ours));
    expect(made.outcome).toMatchObject({ kind: 'create_made', uid: 'u1' });
    expect(made.asked).toEqual([`create ${plural}`]);

    const exists = await carriedOut(createOf(kind), (call) => (call.verb === 'create' ? alreadyExists : ok(ours)));
    expect(exists.asked).toEqual([`create ${plural}`, `get ${plural}`]);

    const deleted = await carriedOut(deleteOf(kind), (call) => (call.verb === 'get' ? ok(ours) : ok()));
    expect(deleted.outcome).toMatchObject({ kind: 'delete_answered', outcome: 'accepted' });
    expect(deleted.asked).toEqual([`get ${plural}`, `delete ${plural}`]);
  });

  it('is named when the name belongs to somebody else', async () => {
    const { outcome } = await carriedOut(createOf('PyTorchJob'), ({ verb }) =>
      verb === 'get' ? ok(others) : alreadyExists,
    );
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/^a PyTorchJob named .* does not belong to this job/),
    });
  });

  it('whose answer was lost is unknown, and one that is not there is missing', async () => {
    expect((await carriedOut(createOf('PyTorchJob'), () => lost)).outcome).toMatchObject({ kind: 'create_unknown' });
    expect((await carriedOut(deleteOf('PyTorchJob'), () => absent)).outcome).toMatchObject({ outcome: 'missing' });
  });

  it('that kubejobs does not run is refused for good, and nothing is sent', async () => {
    const { outcome, asked } = await carriedOut(createOf('CronJob' as WorkloadKind), () => ok(ours));
    expect(outcome).toMatchObject({ kind: 'create_refused', refusal: 'permanent' });
    expect(outcome).toMatchObject({ message: expect.stringContaining('kubejobs does not run a CronJob') });
    expect(asked).toEqual([]);
  });
});
