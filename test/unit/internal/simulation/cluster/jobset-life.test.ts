import { describe, expect, test } from 'vitest';
import { type KubernetesObject, podsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { jobSetsResource } from '../../../../../pkg/kubernetes/jobset-installation.ts';
import { okValue } from '../../../../support/simulated-job.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

const duration = 'kubejobs.io/simulate-duration';
const exitCode = 'kubejobs.io/simulate-exit-code';

function replicatedJob(name: string, annotations: Record<string, string> = {}, replicas = 1, completions = 1): object {
  const template = { metadata: { annotations }, spec: { containers: [{ name: 'main', image: 'i' }] } };
  return { name, replicas, template: { spec: { completions, parallelism: completions, template } } };
}

function jobSet(replicatedJobs: object[], more: object = {}): KubernetesObject {
  return {
    apiVersion: 'jobset.x-k8s.io/v1alpha2',
    kind: 'JobSet',
    metadata: { name: 'a', namespace: 'default' },
    spec: { ...more, replicatedJobs },
  };
}

async function started(object: KubernetesObject) {
  const world = simulatedWorld();
  const { clock, cluster } = world;
  const created = okValue(await cluster.create(jobSetsResource, object));
  await clock.advance(5);
  const status = async (): Promise<Record<string, unknown>> =>
    okValue(await cluster.get(jobSetsResource, 'default', 'a')).status ?? {};
  const phases = async (): Promise<string[]> =>
    (await world.pods()).map(({ metadata, status: of }) => `${metadata.name} ${String(of?.phase)}`).sort();
  return { ...world, created, status, phases };
}

describe('the life of a simulated JobSet', () => {
  test('it has the pods of all its Jobs, with the controller’s labels, and completes with the last of them', async () => {
    const { clock, created, phases, pods, status } = await started(
      jobSet([replicatedJob('leader'), replicatedJob('worker', { [duration]: '12s' }, 2, 2)]),
    );
    const workers = ['0-0', '0-1', '1-0', '1-1'].map((at) => `a-worker-${at}-r0 Running`);
    expect(await phases()).toEqual(['a-leader-0-0-r0 Running', ...workers]);
    const worker = (await pods()).find(({ metadata }) => metadata.name === 'a-worker-1-0-r0');
    expect(worker?.metadata).toMatchObject({
      labels: {
        'jobset.sigs.k8s.io/jobset-uid': created.metadata.uid,
        'jobset.sigs.k8s.io/job-index': '1',
        'jobset.sigs.k8s.io/restart-attempt': '0',
      },
      ownerReferences: [{ kind: 'JobSet', name: 'a', controller: true }],
    });
    await clock.advance(11_000);
    expect(await status()).toEqual({});
    await clock.advance(1_000);
    expect(await status()).toMatchObject({ terminalState: 'Completed', conditions: [{ type: 'Completed' }] });
  });

  test('it completes with those that its success policy names, and the others are ended', async () => {
    const { clock, phases, status } = await started(
      jobSet([replicatedJob('leader', { [duration]: '2s' }), replicatedJob('worker', { [duration]: '1h' })], {
        successPolicy: { operator: 'All', targetReplicatedJobs: ['leader'] },
      }),
    );
    await clock.advance(2_500);
    expect(await status()).toMatchObject({ terminalState: 'Completed' });
    expect(await phases()).toEqual(['a-leader-0-0-r0 Succeeded']);
  });

  test('it is restarted with new pods as often as it may, and then fails', async () => {
    const bad = { [duration]: '2s', [exitCode]: '3' };
    const { clock, phases, status } = await started(
      jobSet([replicatedJob('bad', bad), replicatedJob('good', { [duration]: '1h' })], {
        failurePolicy: { maxRestarts: 1 },
      }),
    );
    await clock.advance(2_500);
    expect(await status()).toEqual({ restarts: 1, restartsCountTowardsMax: 1 });
    expect(await phases()).toEqual(['a-bad-0-0-r1 Running', 'a-good-0-0-r1 Running']);
    await clock.advance(2_000);
    expect(await status()).toMatchObject({ restarts: 1, terminalState: 'Failed', conditions: [{ type: 'Failed' }] });
    expect(await phases()).toEqual(['a-bad-0-0-r1 Failed']);
  });

  test('it fails when somebody deletes a pod of it', async () => {
    const { clock, cluster, status } = await started(jobSet([replicatedJob('a')]));
    await cluster.delete(podsResource, 'default', 'a-a-0-0-r0', { propagation: 'background' });
    await clock.advance(1_000);
    expect(await status()).toMatchObject({ terminalState: 'Failed' });
  });

  test('it has no pods while it is suspended', async () => {
    const { clock, phases } = await started(jobSet([replicatedJob('a')], { suspend: true }));
    await clock.advance(60_000);
    expect(await phases()).toEqual([]);
  });

  test.each([
    ['replicated jobs', {}, 'spec.replicatedJobs: Required value'],
    ['a template', { replicatedJobs: [{ name: 'a' }] }, 'spec.replicatedJobs[0].template.spec: Required value'],
  ])('it is refused without %s', async (_what, spec, words) => {
    const { cluster } = simulatedWorld();
    const answer = await cluster.create(jobSetsResource, { ...jobSet([]), spec });
    expect(answer).toMatchObject({ outcome: 'refused', status: 422, message: expect.stringContaining(words) });
  });
});
