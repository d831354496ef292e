// Whether the Job of an attempt must stay for its result: asked for that very attempt and its namespace alone.
import { expect, it } from 'vitest';
import { resultsController } from '../../../../../internal/controllers/results/results-controller.ts';
import { silentLogger } from '../../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import { type Cluster, jobsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { testJobId, testQueueId } from '../../../../support/kubernetes-objects.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

it('a result is awaited while its Job is there unsaved, and where nothing is known yet, but not in other namespaces', async () => {
  const { clock, cluster } = simulatedWorld({ durationMs: 3_600_000 });
  const marks = { 'kubejobs.io/queue-id': testQueueId, 'kubejobs.io/job-id': testJobId, 'kubejobs.io/attempt': '1' };
  const labels = { 'job-handler/enabled': 'true', ...marks };
  const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] };
  await cluster.create(jobsResource, {
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'work', namespace: 'default', labels } },
    spec: { template: { spec } },
  });
  const silent: Cluster = {
    create: cluster.create.bind(cluster),
    get: cluster.get.bind(cluster),
    delete: cluster.delete.bind(cluster),
    patch: cluster.patch.bind(cluster),
    watch: cluster.watch.bind(cluster),
    ping: cluster.ping.bind(cluster),
    close: async () => {},
    list: async (resource, options) =>
      options.namespace === 'silent' ? { outcome: 'unknown', message: 'timed out' } : cluster.list(resource, options),
  };
  const controller = resultsController({
    ...{ cluster: silent, source: cluster, queueId: testQueueId, namespaces: ['default', 'silent'] },
    ...{ clock, random: seededRandom(1), logger: silentLogger, metrics: silentMetrics },
    ...{ logs: 'full', maxBytes: 1_000_000, keptForMs: () => 0 },
  });
  controller.start();
  await clock.advance(5_000);
  const awaited = [
    controller.awaits(testJobId, 1, 'default'),
    controller.awaits(testJobId, 2, 'default'),
    controller.awaits('another', 1, 'silent'),
    controller.awaits('another', 1, 'nobody-looks-here'),
  ];
  expect(awaited).toEqual([true, false, true, false]);
  await controller.stop();
});
