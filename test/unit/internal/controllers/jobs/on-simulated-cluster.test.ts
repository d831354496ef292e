// Manifest, simulated cluster, informers and controller together, as the dry run and the simulation use them.
import { describe, expect, it } from 'vitest';
import { jobsController } from '../../../../../internal/controllers/jobs/jobs-controller.ts';
import type { ClusterEvent } from '../../../../../internal/core/events.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { jobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { builtInTemplate, jobManifest } from '../../../../../pkg/kubernetes/manifest.ts';
import type { WorkloadReference } from '../../../../../pkg/models/index.ts';
import { testJobId, testQueueId } from '../../../../support/kubernetes-objects.ts';
import { recordingLogger } from '../../../../support/recorders.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

const workload: WorkloadReference = { kind: 'Job', namespace: 'default', name: 'train-1' };

async function controlled(annotations: Record<string, string> = {}) {
  const world = simulatedWorld();
  const { clock, cluster } = world;
  const events: ClusterEvent[] = [];
  const expected = new Map<number, WorkloadReference>();
  const logger = recordingLogger();
  const controller = jobsController({
    ...{ cluster, queueId: testQueueId, clock, random: seededRandom(2), logger, metrics: silentMetrics },
    emit: (event) => void events.push(event),
    expected: (_jobId, attempt) => expected.get(attempt),
    expectedKeys: () => [...expected.keys()].map((attempt) => ({ jobId: testJobId, attempt })),
  });
  controller.start();
  await clock.advance(10);
  const job = { jobId: testJobId, name: 'train', workload: {}, annotations };
  const about = { queueId: testQueueId, namespace: 'default', defaultTemplate: builtInTemplate };
  const made = await cluster.create(jobsResource, jobManifest({ ...about, job, attempt: { attempt: 1, workload } }));
  if (made.outcome !== 'ok') throw new Error(JSON.stringify(made));
  expected.set(1, { ...workload, uid: made.value.metadata.uid ?? '' });
  return { ...world, controller, events, logger };
}

const observations = (events: ClusterEvent[]) =>
  events.map((event) => (event.kind === 'workload_observed' ? event.observation : event.kind));

describe('the jobs controller on the simulated cluster', () => {
  it('sees a job start, run and succeed', async () => {
    const { clock, controller, events, logger } = await controlled();
    await clock.advance(20_000);
    expect(observations(events).slice(-2)).toEqual([{ phase: 'active' }, { phase: 'succeeded', exitCode: 0 }]);
    expect(logger.lines).toEqual([]);
    await controller.stop();
  });

  it('sees the exit code that the job chose for itself', async () => {
    const { clock, controller, events } = await controlled({ 'kubejobs.io/simulate-exit-code': '3' });
    await clock.advance(20_000);
    expect(observations(events).at(-1)).toMatchObject({ phase: 'failed', reason: 'exit_code', exitCode: 3 });
    await controller.stop();
  });

  it('sees that others deleted a job, when it is really gone', async () => {
    const { clock, cluster, controller, events } = await controlled();
    await clock.advance(1_000);
    await cluster.delete(jobsResource, 'default', 'train-1', { propagation: 'foreground' });
    await clock.advance(5_000);
    expect(observations(events).at(-1)).toBe('workload_missing');
    await controller.stop();
  });

  it('stays right over an hour of relists, and reports nothing new of what has ended', async () => {
    const { clock, controller, events } = await controlled({ 'kubejobs.io/simulate-duration': '30m' });
    await clock.advance(3_600_000);
    const seen = observations(events);
    expect(seen.filter((one) => JSON.stringify(one).includes('missing'))).toEqual([]);
    expect(
      seen
        .slice(seen.findIndex((one) => JSON.stringify(one).includes('succeeded')))
        .every((one) => JSON.stringify(one).includes('succeeded')),
    ).toBe(true);
    await controller.stop();
  });
});
