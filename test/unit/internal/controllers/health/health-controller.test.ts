import { describe, expect, it, onTestFinished } from 'vitest';
import { HealthController } from '../../../../../internal/controllers/health/health-controller.ts';
import { HealthService } from '../../../../../internal/controllers/health/service.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import type { KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { recordingLogger, recordingMetrics } from '../../../../support/recorders.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';
import { type Plural, watchedCluster } from '../../../../support/watched-cluster.ts';
import { aPod, aWorkload, condition, ended, looping } from '../../../../support/workload-objects.ts';

function world(stored: Parameters<typeof watchedCluster>[0] = {}) {
  const clock = virtualClock();
  const watched = watchedCluster(stored);
  const logger = recordingLogger();
  const metrics = recordingMetrics();
  const { cluster } = watched;
  const shared = { cluster, clock, logger, metrics, random: seededRandom(1) };
  const controller = new HealthController({ ...shared, discovery: cluster, probeMs: 1_000 });
  onTestFinished(() => controller.stop());
  return { ...watched, clock, controller, service: new HealthService(controller), logger, metrics };
}

/** What a metric was set to last, or counted last. */
const measured = (
  { metrics }: Pick<ReturnType<typeof world>, 'metrics'>,
  name: string,
  labels: object,
): number | undefined =>
  metrics.measured.findLast((each) => each.name === name && JSON.stringify(each.labels) === JSON.stringify(labels))
    ?.value;

const availability = (controller: HealthController): Record<string, boolean> =>
  Object.fromEntries(controller.availability().map(({ kind, available }) => [kind, available]));

/** Of each kind that is watched; what is no sense in a field alone is another test's. */
const nonsense: Array<[string, Plural, unknown]> = [
  ['a pod without a status', 'pods', { ...aPod({ name: 'odd' }), status: undefined }],
  ['a pod with an unknown phase', 'pods', aPod({ name: 'odd', phase: 'Dreaming' })],
  ['a pod without containers', 'pods', aPod({ name: 'odd', spec: { containers: [] } })],
  ['a pod whose containers are no objects', 'pods', aPod({ name: 'odd', spec: { containers: ['main', 7, null] } })],
  ['a pod whose containers have no names', 'pods', aPod({ name: 'odd', spec: { containers: [{}, { name: 4 }] } })],
  ['a pod without a name', 'pods', { ...aPod(), metadata: { ...aPod().metadata, name: '' } }],
  ['a Job whose status is a list', 'jobs', { ...aWorkload({ name: 'odd' }), status: [] }],
  ['a Job without a uid', 'jobs', aWorkload({ name: 'odd', uid: '' })],
  ['a JobSet whose status is a text', 'jobsets', { ...aWorkload({ kind: 'JobSet', name: 'odd' }), status: 'fine' }],
  ['a PyTorchJob whose status is a number', 'pytorchjobs', { ...aWorkload({ kind: 'PyTorchJob' }), status: 7 }],
  ['a PyTorchJob without metadata', 'pytorchjobs', { kind: 'PyTorchJob' }],
];

describe('the health controller', () => {
  it('sees what is there when it starts, and what comes', async () => {
    const { controller, parts, clock } = world({ jobs: [aWorkload()], pods: [aPod()] });
    controller.start();
    await clock.advance(10);
    expect(controller.settled).toBe(true);
    expect(controller.index.summary('Job', 'default', 'work')).toMatchObject({ state: 'Running', healthy: true });
    const object = aPod({ version: 2, main: looping(137, 'OOMKilled') });
    parts.pods.watchNow().send({ type: 'MODIFIED', object });
    await clock.advance(10);
    expect(controller.index.summary('Job', 'default', 'work')).toMatchObject({ healthy: false, reason: 'OOMKilled' });
    parts.jobs.watchNow().send({ type: 'DELETED', object: aWorkload() });
    await clock.advance(10);
    expect(controller.index.size).toBe(0);
  });

  it('asks for everything, not only for what is ours', async () => {
    const { controller, parts, clock } = world();
    controller.start();
    await clock.advance(10);
    for (const plural of ['jobs', 'pods'] as const) expect(parts[plural].lists[0]).not.toHaveProperty('labelSelector');
  });

  it('leaves a kind alone that the cluster does not have, and says so', async () => {
    const { controller, parts, clock } = world();
    controller.start();
    await clock.advance(5_000);
    expect(availability(controller)).toEqual({ JobSet: false, PyTorchJob: false, Job: true });
    expect(controller.availability()[0]?.message).toBe('The cluster has no jobsets.jobset.x-k8s.io/v1alpha2.');
    expect(parts.jobsets.lists).toEqual([]);
    expect(controller.settled).toBe(true);
    expect(controller.knows('JobSet')).toBe(true);
  });

  it('does not know a kind before it was looked for and listed', async () => {
    const { controller, clock, serve } = world();
    serve('jobsets', true);
    expect([controller.knows('Job'), controller.knows('JobSet')]).toEqual([false, false]);
    controller.start();
    expect([controller.knows('Job'), controller.knows('JobSet')]).toEqual([false, false]);
    await clock.advance(10);
    expect([controller.knows('Job'), controller.knows('JobSet')]).toEqual([true, true]);
  });

  it('notices a kind that is installed later, and that it is removed again', async () => {
    const { controller, clock, serve } = world({ jobsets: [aWorkload({ kind: 'JobSet', name: 'set' })] });
    controller.start();
    await clock.advance(500);
    serve('jobsets', true);
    await clock.advance(1_000);
    expect(availability(controller)).toMatchObject({ JobSet: true });
    expect(controller.index.summary('JobSet', 'default', 'set')).toBeDefined();
    serve('jobsets', false);
    await clock.advance(1_000);
    expect(availability(controller)).toMatchObject({ JobSet: false });
    expect(controller.index.size).toBe(0);
    serve('jobsets', true);
    await clock.advance(1_000);
    expect(controller.index.size).toBe(1);
  });

  it('stays as it is while the API server does not say what it has', async () => {
    const { controller, clock, serve, served } = world({ jobsets: [aWorkload({ kind: 'JobSet', name: 'set' })] });
    serve('jobsets', true);
    served.set('pytorchjobs', { outcome: 'unknown', message: 'a timeout' });
    controller.start();
    await clock.advance(10);
    served.set('jobsets', { outcome: 'unknown', message: 'a timeout' });
    await clock.advance(3_000);
    expect(availability(controller)).toEqual({ JobSet: true, PyTorchJob: false, Job: true });
    expect(controller.availability()[1]?.message).toBe('a timeout');
  });

  it('says with the API server’s words that the rights are missing, until they are there', async () => {
    const { controller, clock, serve, parts } = world();
    serve('jobsets', true);
    const message = 'jobsets.jobset.x-k8s.io is forbidden';
    parts.jobsets.nextLists.push({ outcome: 'refused', status: 403, reason: 'Forbidden', message });
    controller.start();
    await clock.advance(10);
    expect(controller.availability()[0]).toEqual({ kind: 'JobSet', available: false, message });
    expect(controller.settled).toBe(true);
    await clock.advance(10_000);
    expect(availability(controller)).toMatchObject({ JobSet: true });
  });

  it('skips what makes no sense and reports it, and goes on', async () => {
    const phaseless = { ...aPod({ name: 'odd' }), status: {} };
    const { controller, clock, logger, metrics, parts } = world({ jobs: [aWorkload()], pods: [phaseless, aPod()] });
    controller.start();
    await clock.advance(10);
    expect(controller.index.summary('Job', 'default', 'work')?.pods).toEqual({ Running: 1 });
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      { resource: 'pods', name: 'odd', problem: 'its phase is undefined', skipped: 1 },
    ]);
    expect(measured({ metrics }, 'kubejobs_workload_objects_skipped_total', { kind: 'Pod' })).toBe(1);
    parts.pods.watchNow().send({ type: 'MODIFIED', object: { ...aPod({ version: 2 }), spec: {} } });
    await clock.advance(10);
    expect(controller.index.summary('Job', 'default', 'work')?.pods).toEqual({});
  });

  it('lists again after a 410, of a watch or of a list, and misses nothing', async () => {
    const { controller, clock, parts, serve } = world({ jobs: [aWorkload()], pods: [aPod()] });
    serve('jobsets', true);
    serve('pytorchjobs', true);
    const expired = { outcome: 'refused', status: 410, reason: 'Expired', message: 'too old' } as const;
    controller.start();
    await clock.advance(20_000);
    const set = { kind: 'JobSet', name: 'set' } as const;
    const training = { kind: 'PyTorchJob', name: 'training' } as const;
    parts.jobsets.stored.push(aWorkload(set));
    parts.pytorchjobs.stored.push(aWorkload(training));
    parts.jobs.stored.splice(0, 1, aWorkload({ version: 2, conditions: [condition('Complete')] }));
    parts.pods.stored.splice(0, 1);
    for (const part of Object.values(parts)) {
      part.nextLists.push(expired, expired);
      part.watchNow().send({ type: 'ERROR', code: 410, message: 'too old resource version' });
    }
    await clock.advance(60_000);
    expect(controller.index.summary('Job', 'default', 'work')).toMatchObject({ state: 'Complete', pods: {} });
    expect(controller.index.summary('JobSet', 'default', 'set')).toBeDefined();
    expect(controller.index.summary('PyTorchJob', 'default', 'training')).toBeDefined();
    // Pages that expire are asked for in one piece.
    expect(parts.pods.lists.at(-1)?.limit).toBeUndefined();
  });

  it('forgets a kind whose CRD is removed while its lists and watches are refused', async () => {
    const { controller, clock, parts, serve } = world({ jobsets: [aWorkload({ kind: 'JobSet', name: 'set' })] });
    serve('jobsets', true);
    controller.start();
    await clock.advance(500);
    const message = 'the server could not find the requested resource';
    parts.jobsets.nextLists.push({ outcome: 'refused', status: 404, reason: 'NotFound', message });
    parts.jobsets.watchNow().send({ type: 'ERROR', code: 410, message: 'gone' });
    serve('jobsets', false);
    await clock.advance(2_000);
    expect(controller.availability()[0]).toEqual({
      ...{ kind: 'JobSet', available: false, message: 'The cluster has no jobsets.jobset.x-k8s.io/v1alpha2.' },
    });
    expect(controller.index.size).toBe(0);
  });

  it.each(nonsense)('skips %s and goes on with the others', async (_name, plural, object) => {
    const { controller, clock, logger, metrics, parts, serve } = world({ jobs: [aWorkload()], pods: [aPod()] });
    serve('jobsets', true);
    serve('pytorchjobs', true);
    parts[plural].stored.unshift(object as KubernetesObject);
    controller.start();
    await clock.advance(10);
    parts[plural].watchNow().send({ type: 'ADDED', object: object as KubernetesObject });
    parts.jobs.watchNow().send({ type: 'ADDED', object: aWorkload({ name: 'other' }) });
    await clock.advance(10);
    expect(controller.index.summary('Job', 'default', 'work')?.pods).toEqual({ Running: 1 });
    expect([...controller.index.summaries()].map(({ summary }) => summary.name)).toEqual(['work', 'other']);
    const counted = metrics.measured.filter(({ name }) => name === 'kubejobs_workload_objects_skipped_total');
    expect(counted).toHaveLength(2);
    expect(logger.lines.filter(({ message }) => message === 'an object was skipped')).toHaveLength(2);
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('takes objects with thousands of labels, unknown conditions and times that are none, and keeps little of them', async () => {
    const long = 'x'.repeat(1_000);
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`example.org/a${index}`, long]));
    const status = { conditions: [condition('Dreaming', 'yesterday'), condition('Running', 'soon')], startTime: 7 };
    const heavy = (object: KubernetesObject): KubernetesObject => ({
      ...object,
      metadata: { ...object.metadata, labels: many, annotations: many },
    });
    const { controller, clock, metrics } = world({ jobs: [heavy(aWorkload({ status }))], pods: [heavy(aPod())] });
    controller.start();
    await clock.advance(10);
    expect(controller.index.summary('Job', 'default', 'work')).toMatchObject({
      state: 'Running',
      pods: { Running: 1 },
    });
    expect(JSON.stringify(controller.index.document('Job', 'default', 'work')).length).toBeLessThan(1_000);
    expect(measured({ metrics }, 'kubejobs_workload_objects_skipped_total', { kind: 'Pod' })).toBeUndefined();
  });

  it('says of every kind that nothing can be seen while the pods are refused', async () => {
    const { controller, clock, parts } = world({ jobs: [aWorkload()] });
    const refused = { outcome: 'refused', status: 403, reason: 'Forbidden', message: 'pods is forbidden' } as const;
    parts.pods.nextLists.push(refused);
    controller.start();
    await clock.advance(100);
    const job = () => controller.availability().find(({ kind }) => kind === 'Job');
    expect(job()).toEqual({ kind: 'Job', available: false, message: 'pods is forbidden' });
    await clock.advance(60_000);
    expect(job()).toEqual({ kind: 'Job', available: true });
  });

  it('shows its counts as metrics, and takes back what is over', async () => {
    const { controller, clock, metrics, parts } = world({
      jobs: [aWorkload()],
      pods: [aPod({ phase: 'Failed', main: ended(1) })],
    });
    controller.start();
    await clock.advance(1_000);
    expect(measured({ metrics }, 'kubejobs_workloads', { kind: 'Job', state: 'Running' })).toBe(1);
    expect(measured({ metrics }, 'kubejobs_container_issues', { reason: 'Error' })).toBe(1);
    parts.pods.watchNow().send({ type: 'DELETED', object: aPod() });
    parts.jobs
      .watchNow()
      .send({ type: 'MODIFIED', object: aWorkload({ version: 2, conditions: [condition('Complete')] }) });
    await clock.advance(1_000);
    expect(measured({ metrics }, 'kubejobs_workloads', { kind: 'Job', state: 'Running' })).toBe(0);
    expect(measured({ metrics }, 'kubejobs_workloads', { kind: 'Job', state: 'Complete' })).toBe(1);
    expect(measured({ metrics }, 'kubejobs_container_issues', { reason: 'Error' })).toBe(0);
  });
});

describe('what the API asks', () => {
  it('is answered in pages, by kind, namespace and health', async () => {
    const jobs = ['a', 'b', 'c'].map((name) =>
      aWorkload({ name, ...(name !== 'b' && { conditions: [condition('Failed')] }) }),
    );
    const { controller, service, clock } = world({ jobs });
    controller.start();
    await clock.advance(10);
    const names = (...asked: Parameters<typeof service.workloads>) =>
      service.workloads(...asked).items.map(({ name }) => name);
    expect(names({ unhealthy: true }, { limit: 10 })).toEqual(['a', 'c']);
    expect(names({ unhealthy: false }, { limit: 10 })).toEqual(['a', 'b', 'c']);
    expect(names({ unhealthy: false, kind: 'JobSet' }, { limit: 10 })).toEqual([]);
    expect(names({ unhealthy: false, namespace: 'other' }, { limit: 10 })).toEqual([]);
    const first = service.workloads({ unhealthy: false }, { limit: 2 });
    expect(first).toMatchObject({ total: 3, next: [2] });
    const last = service.workloads({ unhealthy: false }, { limit: 2, ...(first.next && { after: first.next }) });
    expect([last.items.map(({ name }) => name), last.next, last.total]).toEqual([['c'], undefined, 3]);
  });

  it('is the health of a job’s own workload, not of another one of its name', async () => {
    const { controller, service, clock } = world({ jobs: [aWorkload()] });
    controller.start();
    await clock.advance(10);
    const reference = { kind: 'Job', namespace: 'default', name: 'work' } as const;
    expect(service.healthOf({ ...reference, uid: 'uid-work' })).toMatchObject({ state: 'Pending' });
    expect(service.healthOf({ ...reference, uid: 'another' })).toBeUndefined();
  });

  it('is told once of each change that shows', async () => {
    const { controller, service, clock, parts } = world({ jobs: [aWorkload()] });
    controller.start();
    await clock.advance(10);
    const told: unknown[] = [];
    service.listen((key, summary) => told.push([key, summary?.state]));
    parts.pods.watchNow().send({ type: 'ADDED', object: aPod() });
    parts.pods.watchNow().send({ type: 'MODIFIED', object: aPod({ version: 2 }) });
    parts.jobs.watchNow().send({ type: 'DELETED', object: aWorkload() });
    await clock.advance(10);
    expect(told).toEqual([
      ['Job/default/work', 'Running'],
      ['Job/default/work', undefined],
    ]);
  });
});
