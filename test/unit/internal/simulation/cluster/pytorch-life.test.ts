import { describe, expect, test } from 'vitest';
import { type KubernetesObject, podsResource, pytorchJobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { okValue } from '../../../../support/simulated-job.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

const duration = 'kubejobs.io/simulate-duration';
const exitCode = 'kubejobs.io/simulate-exit-code';

function replica(annotations: Record<string, string> = {}, replicas = 1): object {
  return { replicas, template: { metadata: { annotations }, spec: { containers: [{ name: 'pytorch', image: 'i' }] } } };
}

function pytorchJob(pytorchReplicaSpecs: object, runPolicy: object = {}): KubernetesObject {
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name: 'a', namespace: 'default' },
    spec: { runPolicy, pytorchReplicaSpecs },
  };
}

async function started(object: KubernetesObject) {
  const world = simulatedWorld();
  const { clock, cluster } = world;
  const created = okValue(await cluster.create(pytorchJobsResource, object));
  await clock.advance(5);
  const conditions = async (): Promise<string[]> => {
    const { status } = okValue(await cluster.get(pytorchJobsResource, 'default', 'a'));
    const all = (status?.conditions ?? []) as Array<{ type: string; status: string }>;
    return all.filter((condition) => condition.status === 'True').map(({ type }) => type);
  };
  const phases = async (): Promise<string[]> =>
    (await world.pods()).map(({ metadata, status }) => `${metadata.name} ${String(status?.phase)}`).sort();
  return { ...world, created, conditions, phases };
}

describe('the life of a simulated PyTorchJob', () => {
  test('it has a pod for each replica, with the operator’s labels, and runs', async () => {
    const { created, conditions, phases, pods } = await started(
      pytorchJob({ Master: replica(), Worker: replica({}, 2) }),
    );
    expect(await phases()).toEqual(['a-master-0 Running', 'a-worker-0 Running', 'a-worker-1 Running']);
    expect(await conditions()).toEqual(['Created', 'Running']);
    const worker = (await pods()).find(({ metadata }) => metadata.name === 'a-worker-1');
    expect(worker?.metadata).toMatchObject({
      labels: {
        'training.kubeflow.org/job-name': 'a',
        'training.kubeflow.org/replica-type': 'worker',
        'training.kubeflow.org/replica-index': '1',
      },
      ownerReferences: [{ kind: 'PyTorchJob', name: 'a', uid: created.metadata.uid, controller: true }],
    });
  });

  test('it succeeds with its master, whatever its workers do', async () => {
    const { clock, conditions, phases } = await started(
      pytorchJob({ Master: replica({ [duration]: '2s' }), Worker: replica({ [duration]: '1h' }) }),
    );
    await clock.advance(2_000);
    expect(await conditions()).toEqual(['Created', 'Succeeded']);
    expect(await phases()).toEqual(['a-master-0 Succeeded', 'a-worker-0 Running']);
  });

  test('it succeeds with its first worker when it has no master', async () => {
    const { clock, conditions } = await started(pytorchJob({ Worker: replica({ [duration]: '2s' }, 2) }));
    await clock.advance(2_000);
    expect(await conditions()).toEqual(['Created', 'Succeeded']);
  });

  test('it fails with any pod', async () => {
    const worker = replica({ [duration]: '1s', [exitCode]: '3' });
    const { clock, conditions, phases } = await started(pytorchJob({ Master: replica(), Worker: worker }));
    await clock.advance(1_000);
    expect(await conditions()).toEqual(['Created', 'Failed']);
    expect(await phases()).toEqual(['a-master-0 Running', 'a-worker-0 Failed']);
  });

  test.each([
    ['None', ['a-master-0 Running', 'a-worker-0 Succeeded']],
    ['Running', ['a-worker-0 Succeeded']],
    ['All', []],
  ])('at its end the clean-up policy %s is kept', async (cleanPodPolicy, left) => {
    const replicas = { Master: replica(), Worker: replica({ [duration]: '1s' }) };
    const { clock, conditions, phases } = await started(
      pytorchJob(replicas, { cleanPodPolicy, activeDeadlineSeconds: 3 }),
    );
    await clock.advance(3_100);
    expect(await conditions()).toEqual(['Created', 'Failed']);
    expect(await phases()).toEqual(left);
  });

  test('it makes no pods while it is suspended', async () => {
    const { conditions, phases } = await started(pytorchJob({ Master: replica() }, { suspend: true }));
    expect(await conditions()).toEqual(['Suspended']);
    expect(await phases()).toEqual([]);
  });

  test('deleted in the foreground it goes after its pods', async () => {
    const { clock, cluster, phases } = await started(pytorchJob({ Master: replica(), Worker: replica() }));
    await cluster.delete(pytorchJobsResource, 'default', 'a', { propagation: 'foreground' });
    await clock.advance(2);
    expect(okValue(await cluster.get(pytorchJobsResource, 'default', 'a')).metadata.deletionTimestamp).toBeDefined();
    await clock.advance(10);
    expect(await cluster.get(pytorchJobsResource, 'default', 'a')).toMatchObject({ status: 404 });
    expect(await phases()).toEqual([]);
  });

  test('deleted in the background it goes at once, its pods after it', async () => {
    const { clock, cluster, pods } = await started(pytorchJob({ Master: replica() }));
    await cluster.delete(pytorchJobsResource, 'default', 'a', { propagation: 'background' });
    expect(await cluster.get(pytorchJobsResource, 'default', 'a')).toMatchObject({ status: 404 });
    await clock.advance(10);
    expect(await pods()).toEqual([]);
  });

  test('put back after a restart it ends when it would have ended', async () => {
    const { clock, cluster } = simulatedWorld();
    const object = pytorchJob({ Master: replica({ [duration]: '5s' }) });
    cluster.adopt({ ...object, metadata: { ...object.metadata, uid: 'u1' } }, { startedAt: clock.now() - 4_000 });
    await clock.advance(900);
    const pods = okValue(await cluster.list(podsResource, {})).items;
    expect(pods[0]?.status).toMatchObject({ phase: 'Running' });
    await clock.advance(200);
    const { metadata, status } = okValue(await cluster.get(pytorchJobsResource, 'default', 'a'));
    expect(metadata.uid).toBe('u1');
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'Succeeded', status: 'True' }));
  });

  test.each([
    ['without replicas', {}, 'spec.pytorchReplicaSpecs: Required value'],
    ['with a replica without a template', { Master: {} }, 'spec.pytorchReplicaSpecs.Master.template: Required value'],
    [
      'with a container without an image',
      { Worker: { template: { spec: { containers: [{ name: 'a' }] } } } },
      'spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].image: Required value',
    ],
  ])('one %s is refused', async (_what, replicas, words) => {
    const { cluster } = simulatedWorld();
    expect(await cluster.create(pytorchJobsResource, pytorchJob(replicas), { dryRun: true })).toMatchObject({
      status: 422,
      message: expect.stringContaining(words),
    });
  });
});
