// Workloads of another kind than Job: watched from the moment that they are needed, and reported as Jobs are.
import { describe, expect, it } from 'vitest';
import { jobsController } from '../../../../../internal/controllers/jobs/jobs-controller.ts';
import type { ClusterEvent } from '../../../../../internal/core/events.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { type Cluster, pytorchJobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { builtInTemplate, jobManifest } from '../../../../../pkg/kubernetes/manifest.ts';
import type { WorkloadManifest, WorkloadReference } from '../../../../../pkg/models/index.ts';
import { testJobId, testQueueId } from '../../../../support/kubernetes-objects.ts';
import { recordingLogger } from '../../../../support/recorders.ts';
import { okValue } from '../../../../support/simulated-job.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

const workload: WorkloadReference = { kind: 'PyTorchJob', namespace: 'default', name: 'train-1' };

function replica(annotations: Record<string, string> = {}): object {
  return { template: { metadata: { annotations }, spec: { containers: [{ name: 'pytorch', image: 'i' }] } } };
}

interface Given {
  pytorchReplicaSpecs?: object;
  runPolicy?: object;
  /** Whether it was running already when the program started. */
  before?: boolean;
}

async function controlled({ pytorchReplicaSpecs = { Master: replica() }, runPolicy = {}, before = false }: Given = {}) {
  const world = simulatedWorld();
  const { clock } = world;
  const watched: string[] = [];
  const watch: Cluster['watch'] = (resource, options) => {
    watched.push(resource.plural);
    return world.cluster.watch(resource, options);
  };
  const { create, get, list, delete: remove, ping, close } = world.cluster;
  const bound = Object.entries({ create, get, list, delete: remove, ping, close }).map(([name, call]) => {
    return [name, (call as () => unknown).bind(world.cluster)];
  });
  const cluster: Cluster = { ...(Object.fromEntries(bound) as Cluster), watch };
  const events: ClusterEvent[] = [];
  const expected = new Map<number, WorkloadReference>();
  const controller = jobsController({
    ...{ cluster, queueId: testQueueId, clock, random: seededRandom(2), logger: recordingLogger() },
    metrics: silentMetrics,
    emit: (event) => void events.push(event),
    expected: (_jobId, attempt) => expected.get(attempt),
    expectedKeys: () => [...expected.keys()].map((attempt) => ({ jobId: testJobId, attempt })),
  });
  const make = async (): Promise<void> => {
    const spec = { runPolicy, pytorchReplicaSpecs };
    const manifest: WorkloadManifest = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', spec };
    const job = { jobId: testJobId, name: 'train', workload: { manifest } };
    const about = { queueId: testQueueId, namespace: 'default', defaultTemplate: builtInTemplate };
    const object = jobManifest({ ...about, job, attempt: { attempt: 1, workload } });
    const made = okValue(await cluster.create(pytorchJobsResource, object));
    expected.set(1, { ...workload, uid: made.metadata.uid ?? '' });
  };
  if (before) await make();
  controller.start();
  await clock.advance(10);
  const watchedAtStart = [...watched];
  controller.watch('PyTorchJob');
  controller.watch('PyTorchJob');
  if (!before) await make();
  const seen = (): unknown[] =>
    events.map((event) => (event.kind === 'workload_observed' ? event.observation : event.kind));
  return { clock, cluster, controller, seen, watched, watchedAtStart };
}

describe('the watch of PyTorchJobs', () => {
  it('begins when one is needed, and not before, for not every cluster has them', async () => {
    const { clock, watched, watchedAtStart, controller } = await controlled();
    await clock.advance(10);
    expect(watchedAtStart.sort()).toEqual(['jobs', 'pods']);
    expect([...watched].sort()).toEqual(['jobs', 'pods', 'pytorchjobs']);
    await controller.stop();
  });

  it('begins with the program when one holds a slot', async () => {
    const { watchedAtStart, controller } = await controlled({ before: true });
    expect(watchedAtStart.sort()).toEqual(['jobs', 'pods', 'pytorchjobs']);
    await controller.stop();
  });

  it('does not begin after the stop', async () => {
    const { clock, watched, controller } = await controlled();
    await controller.stop();
    const before = watched.length;
    controller.watch('PyTorchJob');
    await clock.advance(1_000);
    expect(watched.length).toBe(before);
  });
});

describe('a PyTorchJob', () => {
  it('is seen to run and to succeed by its own condition', async () => {
    const { clock, controller, seen } = await controlled();
    await clock.advance(20_000);
    expect(seen().slice(-2)).toEqual([{ phase: 'active' }, { phase: 'succeeded', exitCode: 0 }]);
    await controller.stop();
  });

  it('fails with the exit code of its first failing pod', async () => {
    const fate = (seconds: number, code: number) =>
      replica({ 'kubejobs.io/simulate-duration': `${seconds}s`, 'kubejobs.io/simulate-exit-code': String(code) });
    const { clock, controller, seen } = await controlled({
      pytorchReplicaSpecs: { Master: fate(9, 4), Worker: fate(2, 5) },
    });
    await clock.advance(20_000);
    expect(seen().at(-1)).toMatchObject({ phase: 'failed', reason: 'exit_code', exitCode: 5 });
    await controller.stop();
  });

  it('fails at its own deadline, whose words are the operator’s', async () => {
    const { clock, controller, seen } = await controlled({ runPolicy: { activeDeadlineSeconds: 2 } });
    await clock.advance(20_000);
    expect(seen().at(-1)).toMatchObject({ phase: 'failed', reason: 'deadline' });
    await controller.stop();
  });

  it('that is suspended says so', async () => {
    const { clock, controller, seen } = await controlled({ runPolicy: { suspend: true } });
    await clock.advance(30_000);
    expect(seen()).toEqual([{ phase: 'active', reason: 'starting', message: 'the PyTorchJob is suspended' }]);
    await controller.stop();
  });

  it('that others deleted is missing, once it is really gone', async () => {
    const { clock, cluster, controller, seen } = await controlled();
    await clock.advance(1_000);
    await cluster.delete(pytorchJobsResource, 'default', 'train-1', { propagation: 'foreground' });
    await clock.advance(3);
    expect(seen()).not.toContain('workload_missing');
    await clock.advance(5_000);
    expect(seen().at(-1)).toBe('workload_missing');
    await controller.stop();
  });
});
