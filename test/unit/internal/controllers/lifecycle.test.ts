// What every controller promises of its start and its stop, so that whoever stops leading leaves nothing behind that reads
// or writes: nothing before the start, nothing after a stop that has resolved, and no second start.
import { describe, expect, it } from 'vitest';
import { HealthController } from '../../../../internal/controllers/health/health-controller.ts';
import { jobsController } from '../../../../internal/controllers/jobs/jobs-controller.ts';
import { PodGroupController } from '../../../../internal/controllers/podgroup/podgroup-controller.ts';
import { ResultExpiry } from '../../../../internal/controllers/results/expiry.ts';
import { resultsController } from '../../../../internal/controllers/results/results-controller.ts';
import { sleep } from '../../../../internal/platform/clock.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { type Cluster, configMapsResource, jobsResource } from '../../../../pkg/kubernetes/cluster.ts';
import { testQueueId } from '../../../support/kubernetes-objects.ts';
import { simulatedWorld } from '../../../support/simulated-world.ts';

interface Part {
  start(): void;
  stop(): Promise<void>;
}

const labels = { 'job-handler/enabled': 'true', 'job-handler/created': 'true' };

function world() {
  const { clock, cluster } = simulatedWorld({ durationMs: 1_000 });
  const calls: string[] = [];
  const reports: string[] = [];
  /** Each takes a while, so that a stop comes in the middle of it. */
  const slow =
    <Args extends unknown[], T>(what: string, call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      calls.push(what);
      await sleep(clock, 200);
      const answer = await call(...args);
      calls.push(`${what} is done`);
      return answer;
    };
  const seen: Cluster = {
    create: slow('create', cluster.create.bind(cluster)),
    get: slow('get', cluster.get.bind(cluster)),
    list: slow('list', cluster.list.bind(cluster)),
    delete: slow('delete', cluster.delete.bind(cluster)),
    patch: slow('patch', cluster.patch.bind(cluster)),
    ping: slow('ping', cluster.ping.bind(cluster)),
    watch: (...args) => {
      calls.push('watch');
      return cluster.watch(...args);
    },
    close: async () => {},
  };
  const shared = { cluster: seen, clock, random: seededRandom(1), logger: silentLogger, metrics: silentMetrics };
  return { clock, cluster, calls, reports, shared };
}

type World = ReturnType<typeof world>;

const controllers: Array<[string, (world: World) => Part]> = [
  [
    'jobs',
    ({ shared, reports }) =>
      jobsController({
        ...{ ...shared, queueId: testQueueId, expected: () => undefined, expectedKeys: () => [] },
        emit: (event) => reports.push(event.kind),
      }),
  ],
  ['health', ({ shared }) => new HealthController({ ...shared, discovery: { serves: served }, probeMs: 1_000 })],
  [
    'results',
    ({ shared, cluster }) =>
      resultsController({
        ...{ ...shared, source: cluster, queueId: testQueueId, logs: 'full', maxBytes: 1_000_000, keptForMs: () => 0 },
      }),
  ],
  [
    'podgroup',
    ({ shared }) =>
      new PodGroupController({
        ...{ ...shared, queueId: testQueueId, deadlockAfterMs: 1_000 },
        labels: { name: 'job-name', ready: 'example.org/ready' },
      }),
  ],
  ['results expiry', ({ shared }) => new ResultExpiry({ ...shared, namespaces: ['default', 'team'], ttlMs: 1 })],
];

async function served() {
  return { outcome: 'ok', value: true } as const;
}

async function makeSomething({ cluster }: World, name: string): Promise<void> {
  const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default', labels } };
  await cluster.create(jobsResource, { ...job, spec: { backoffLimit: 0, template: { spec } } });
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels } };
  await cluster.create(configMapsResource, { ...map, data: { 'completion-time': '2029-01-01T00:00:00Z' } } as never);
}

describe.each(controllers)('the controller %s', (_name, make) => {
  it('does nothing before it is started', async () => {
    const here = world();
    make(here);
    await makeSomething(here, 'a');
    await here.clock.advance(3_600_000);
    expect([here.calls, here.reports]).toEqual([[], []]);
  });

  it('leaves nothing under way when it has stopped, whenever that is, and never starts again', async () => {
    for (let afterMs = 0; afterMs <= 4_000; afterMs += 300) {
      const here = world();
      const { clock, calls, reports } = here;
      const controller = make(here);
      await makeSomething(here, 'a');
      controller.start();
      controller.start();
      await clock.advance(afterMs);
      let stopped = false;
      void controller.stop().then(() => {
        stopped = true;
      });
      await clock.runUntil(() => stopped, 60_000);
      const before = [calls.length, reports.length];
      controller.start();
      await makeSomething(here, 'b');
      await clock.advance(3_600_000);
      expect(calls.slice(before[0]).filter((call) => call !== 'list is done')).toEqual([]);
      expect(reports).toHaveLength(before[1] as number);
      await controller.stop();
    }
  });
});

it('the controllers do something at all in the time that is tried', async () => {
  for (const [name, make] of controllers) {
    const here = world();
    await makeSomething(here, 'a');
    make(here).start();
    await here.clock.advance(4_000);
    expect(here.calls.length, name).toBeGreaterThan(1);
  }
});
