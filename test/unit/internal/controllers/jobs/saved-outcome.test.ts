// A Job that is gone, and what was saved of it: the saved end counts before the Job is called missing.
import { describe, expect, it } from 'vitest';
import { jobsController } from '../../../../../internal/controllers/jobs/jobs-controller.ts';
import type { ClusterEvent, WorkloadObservation } from '../../../../../internal/core/events.ts';
import { silentLogger } from '../../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import type { ApiResult } from '../../../../../pkg/kubernetes/cluster.ts';
import { testJobId, testQueueId } from '../../../../support/kubernetes-objects.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

type Saved = ApiResult<WorkloadObservation | undefined>;

async function eventsAfter(...answers: Saved[]): Promise<ClusterEvent[]> {
  const { clock, cluster } = simulatedWorld();
  const events: ClusterEvent[] = [];
  const reference = { kind: 'Job', namespace: 'default', name: 'gone', uid: 'u' } as const;
  const controller = jobsController({
    ...{ cluster, queueId: testQueueId, clock, random: seededRandom(1), logger: silentLogger, metrics: silentMetrics },
    emit: (event) => void events.push(event),
    expected: () => reference,
    expectedKeys: () => [{ jobId: testJobId, attempt: 1 }],
    savedOutcome: async () => answers.shift() ?? { outcome: 'ok', value: undefined },
  });
  controller.start();
  controller.resync();
  await clock.advance(5_000);
  await controller.stop();
  return events;
}

describe('an attempt whose Job is gone', () => {
  it('has finished as its saved result says', async () => {
    const observation: WorkloadObservation = { phase: 'failed', reason: 'exit_code', exitCode: 3 };
    const [event] = await eventsAfter({ outcome: 'ok', value: observation });
    expect(event).toMatchObject({ kind: 'workload_observed', uid: 'u', observation });
  });

  it('is missing when nothing is saved', async () => {
    expect((await eventsAfter()).map(({ kind }) => kind)).toContain('workload_missing');
  });

  it('is nothing yet while nobody can say what is saved', async () => {
    const observation: WorkloadObservation = { phase: 'succeeded', exitCode: 0 };
    const events = await eventsAfter({ outcome: 'unknown', message: 'timeout' }, { outcome: 'ok', value: observation });
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ kind: 'workload_observed', observation });
  });
});
