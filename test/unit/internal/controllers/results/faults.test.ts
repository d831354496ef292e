// The results controller on a cluster that refuses, forgets and holds nonsense: whatever is answered to whichever call, the
// result of a Job is there once in the end, told once, and before that the Job is not deleted; what makes no sense is
// skipped, reported, and stops nobody else.
import { describe, expect, it } from 'vitest';
import { resultsController } from '../../../../../internal/controllers/results/results-controller.ts';
import { seededRandom } from '../../../../../internal/platform/random.ts';
import type { ObjectEvent } from '../../../../../internal/simulation/cluster/event-history.ts';
import {
  type ApiResult,
  type Cluster,
  configMapsResource,
  eventsResource,
  jobsResource,
  type KubernetesObject,
  type Resource,
} from '../../../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../../../pkg/kubernetes/log-source.ts';
import type { ConfigMap } from '../../../../../pkg/kubernetes/results/marks.ts';
import { findResult, readLog } from '../../../../../pkg/kubernetes/results/saved-result.ts';
import { testQueueId } from '../../../../support/kubernetes-objects.ts';
import { recordingLogger, recordingMetrics } from '../../../../support/recorders.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

async function* oneLine(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('2030-01-01T00:00:00Z said\n');
}

type Refuse = (call: string, number: number) => ApiResult<never> | undefined;

const enabled = { 'job-handler/enabled': 'true' };
const aDay = 24 * 3_600_000;

function refusal(status: number, reason: string, message = reason): ApiResult<never> {
  return { outcome: 'refused', status, reason, message };
}

/** `refuse` sees every call but those of the informer, and answers for the cluster if it wants to. */
function world(refuse: Refuse = () => undefined, source?: LogSource) {
  const writes: string[] = [];
  const onEvent = ({ type, resource, object }: ObjectEvent): void => {
    writes.push(`${type} ${resource.kind} ${object.metadata.name}`);
  };
  const { clock, cluster } = simulatedWorld({ durationMs: 1_000, onEvent });
  const calls: string[] = [];
  const asked = async <T>(call: string, { kind }: Resource, go: () => Promise<ApiResult<T>>): Promise<ApiResult<T>> => {
    if (call === 'list' && kind === 'Job') return go();
    calls.push(`${call} ${kind}`);
    return refuse(`${call} ${kind}`, calls.length) ?? go();
  };
  const faulty: Cluster = {
    create: (...args) => asked('create', args[0], () => cluster.create(...args)),
    get: (...args) => asked('get', args[0], () => cluster.get(...args)),
    list: (...args) => asked('list', args[0], () => cluster.list(...args)),
    delete: (...args) => asked('delete', args[0], () => cluster.delete(...args)),
    patch: (...args) => asked('patch', args[0], () => cluster.patch(...args)),
    watch: cluster.watch.bind(cluster),
    ping: cluster.ping.bind(cluster),
    close: async () => {},
  };
  const [logger, metrics] = [recordingLogger(), recordingMetrics()];
  const controller = resultsController({
    ...{
      cluster: faulty,
      source: source ?? cluster,
      queueId: testQueueId,
      clock,
      random: seededRandom(1),
      logger,
      metrics,
    },
    ...{ logs: 'full', maxBytes: 1_000_000, keptForMs: () => 0 },
  });
  const count = (name: string): number => metrics.measured.filter((each) => each.name === name).length;
  return { clock, cluster, controller, calls, writes, logger, metrics, count };
}

interface Parts {
  pods?: number;
  exitCode?: number;
  /** Annotations that are on it from the beginning. */
  marks?: Record<string, string>;
}

type World = ReturnType<typeof world>;

async function makeJob({ cluster }: World, name: string, parts: Parts = {}) {
  const { pods = 1, exitCode = 0, marks } = parts;
  const annotations = { 'kubejobs.io/simulate-exit-code': String(exitCode), ...marks };
  const spec = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] };
  const made = await cluster.create(jobsResource, {
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default', labels: enabled, annotations } },
    spec: { completions: pods, parallelism: pods, backoffLimit: 0, template: { metadata: { annotations }, spec } },
  });
  if (made.outcome !== 'ok') throw new Error(made.message);
  return made.value;
}

async function names({ cluster }: World, resource: Resource): Promise<string[]> {
  const page = await cluster.list(resource, { namespace: 'default' });
  return page.outcome === 'ok' ? page.value.items.map(({ metadata }) => metadata.name).sort() : [];
}

async function putMap({ cluster }: World, map: Partial<ConfigMap> & { immutable?: boolean }): Promise<void> {
  const metadata = { name: 'work-results', namespace: 'default', ...map.metadata };
  await cluster.create(configMapsResource, { apiVersion: 'v1', kind: 'ConfigMap', ...map, metadata });
}

async function expectSaved(here: World, jobName = 'work'): Promise<void> {
  const found = await findResult(here.cluster, 'default', jobName);
  expect(found).toMatchObject({ outcome: 'ok', value: { result: { status: 'completed' } } });
  expect(here.writes.filter((write) => write === `ADDED ConfigMap ${jobName}-results`)).toHaveLength(1);
  const events = here.writes.filter((write) => write.startsWith('ADDED Event job-results-'));
  expect(events).toHaveLength(1);
  const order = [events[0] ?? '', `DELETED Job ${jobName}`].map((write) => here.writes.indexOf(write));
  expect(here.writes.indexOf(`ADDED ConfigMap ${jobName}-results`)).toBeLessThan(order[0] as number);
  expect(order[0]).toBeLessThan(order[1] as number);
}

const refusals: Array<[string, ApiResult<never>]> = [
  ['a conflict', refusal(409, 'Conflict', 'the object has been modified')],
  ['a name that is taken', refusal(409, 'AlreadyExists')],
  ['410', refusal(410, 'Expired', 'the provided continue parameter is too old')],
  ['429', { outcome: 'refused', status: 429, reason: 'TooManyRequests', message: 'later', retryAfterMs: 2_000 }],
  ['403', refusal(403, 'Forbidden')],
  ['422', refusal(422, 'Invalid')],
  ['no answer', { outcome: 'unknown', message: 'the connection was reset' }],
];

describe('the result of a Job', () => {
  it.each(refusals)('is saved once though any one call is answered with %s', async (name, answer) => {
    const calm = world();
    await makeJob(calm, 'work');
    calm.controller.start();
    await calm.clock.advance(60_000);
    await expectSaved(calm);
    expect(calm.calls).toContain('patch Job');
    for (let at = 1; at <= calm.calls.length; at += 1) {
      // Whoever says of the event that it is there is believed.
      const isBelieved = (call: string): boolean => name === 'a name that is taken' && call === 'create Event';
      const here = world((call, number) => (number === at && !isBelieved(call) ? answer : undefined));
      await makeJob(here, 'work');
      here.controller.start();
      await here.clock.advance(900_000);
      await expectSaved(here);
      await here.controller.stop();
    }
  });

  it('is saved while the logs of seven other Jobs hang', async () => {
    const source: LogSource = {
      log: async (_namespace, pod) =>
        pod.startsWith('hangs') ? new Promise<never>(() => {}) : { outcome: 'ok', value: oneLine() },
    };
    const here = world(undefined, source);
    for (const each of [1, 2, 3, 4, 5, 6, 7]) await makeJob(here, `hangs-${each}`);
    await here.clock.advance(5_000);
    here.controller.start();
    await here.clock.advance(5_000);
    await makeJob(here, 'work');
    await here.clock.advance(20_000);
    expect(here.writes).toContain('DELETED Job work');
    expect(here.writes.filter((write) => write.startsWith('ADDED ConfigMap'))).toEqual([
      'ADDED ConfigMap work-results',
    ]);
    await here.controller.stop();
  });

  it('is saved by a controller whose watch always ends with 410', async () => {
    const here = world();
    here.controller.start();
    await here.clock.advance(10);
    const forget = (): void => {
      here.cluster.compact();
      here.clock.schedule(50, forget);
    };
    forget();
    await makeJob(here, 'work');
    await here.clock.advance(aDay / 24);
    await expectSaved(here);
  });

  it('waits for a quota that refuses the ConfigMap, and the Job is kept for it', async () => {
    let full = true;
    const here = world((call) =>
      full && call === 'create ConfigMap'
        ? refusal(403, 'Forbidden', 'configmaps "work-results" is forbidden: exceeded quota: small')
        : undefined,
    );
    await makeJob(here, 'work');
    here.controller.start();
    await here.clock.advance(aDay);
    expect(await names(here, jobsResource)).toEqual(['work']);
    expect(await names(here, eventsResource)).toEqual([]);
    expect(here.count('kubejobs_results_failures_total')).toBeLessThan(400);
    const warned = here.logger.lines.filter(({ level }) => level === 'warn');
    expect(warned[0]?.fields).toMatchObject({
      job: 'default/work',
      problem: expect.stringContaining('exceeded quota'),
    });
    full = false;
    await here.clock.advance(600_000);
    await expectSaved(here);
  });

  it.each([false, true])(
    'never touches somebody else’s ConfigMap (immutable: %s), until its name is free',
    async (immutable) => {
      const here = world();
      await putMap(here, { data: { theirs: 'yes' }, immutable });
      await makeJob(here, 'work');
      here.controller.start();
      await here.clock.advance(aDay);
      expect(here.writes.filter((write) => write.includes('ConfigMap'))).toEqual(['ADDED ConfigMap work-results']);
      expect(await names(here, jobsResource)).toEqual(['work']);
      expect((await names(here, eventsResource)).map((name) => name.replace(/taken-.*/, 'taken'))).toEqual([
        'job-results-taken',
      ]);
      await here.cluster.delete(configMapsResource, 'default', 'work-results', { propagation: 'background' });
      await here.clock.advance(600_000);
      expect(await names(here, jobsResource)).toEqual([]);
      expect(await findResult(here.cluster, 'default', 'work')).toMatchObject({
        value: { result: { status: 'completed' } },
      });
    },
  );

  it('takes the place of an earlier one that somebody made immutable, which is kept, without changing it', async () => {
    const here = world();
    const uid = 'eeeeeeee-0000-4000-8000-000000000000';
    const labels = { 'job-handler/created': 'true', 'job-name': 'work', 'job-handler/job-uid': uid };
    const data = { 'job-name': 'work', status: 'failed', logs: 'the earlier one', pods: '[]' };
    await putMap(here, { metadata: { name: 'work-results', labels }, data, immutable: true });
    await makeJob(here, 'work');
    here.controller.start();
    await here.clock.advance(60_000);
    expect(await names(here, configMapsResource)).toEqual(['work-results', 'work-results-eeeeeeee']);
    expect(here.writes.filter((write) => write.startsWith('MODIFIED ConfigMap'))).toEqual([]);
    const earlier = await findResult(here.cluster, 'default', 'work', uid);
    if (earlier.outcome !== 'ok' || !earlier.value) throw new Error('it is lost');
    expect(await readLog(here.cluster, earlier.value)).toMatchObject({
      value: { text: Buffer.from('the earlier one') },
    });
  });

  it.each([
    ['by hand', 'completed', {}],
    ['from an earlier Job that succeeded', 'completed', { 'job-handler/job-uid': 'an-earlier-one' }],
    ['from an earlier Job that failed', 'failed', { 'job-handler/job-uid': 'an-earlier-one' }],
  ])('is saved though its Job has the mark of a saved one %s', async (_name, status, more) => {
    const here = world();
    const exitCode = status === 'failed' ? 1 : 0;
    await makeJob(here, 'work', { exitCode, marks: { 'job-handler/status': status, ...more } });
    here.controller.start();
    await here.clock.advance(60_000);
    expect(await findResult(here.cluster, 'default', 'work')).toMatchObject({ value: { result: { status } } });
    expect(await names(here, jobsResource)).toEqual(status === 'failed' ? ['work'] : []);
    await here.controller.stop();
  });

  it('of a Job with a thousand pods is saved with the log of each', async () => {
    const here = world();
    await makeJob(here, 'work', { pods: 1_000 });
    here.controller.start();
    await here.clock.advance(60_000);
    await expectSaved(here);
    const found = await findResult(here.cluster, 'default', 'work');
    if (found.outcome !== 'ok' || !found.value) throw new Error('it is lost');
    const { result, main } = found.value;
    expect(Number(main.data?.['pods-omitted'] ?? 0) + result.pods.length).toBe(1_000);
    const log = await readLog(here.cluster, found.value);
    if (log.outcome !== 'ok') throw new Error(log.message);
    expect(log.value.text.toString().match(/^=== Pod: /gm)).toHaveLength(1_000);
    expect(here.calls.filter((call) => call === 'list Pod').length).toBe(4);
  });
});

const huge = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, index) => [`example.org/a${index}`, 'x'.repeat(100)]),
);
const time = '2030-01-01T00:00:00Z';
const complete = { type: 'Complete', status: 'True', lastTransitionTime: time };

/** What people could write, and what of it is saved: nothing when it makes no sense. */
const absurd: Array<[string, Partial<KubernetesObject>, Record<string, string> | undefined]> = [
  ['no status', { status: undefined as never }, undefined],
  ['a status that is a list', { status: [] as never }, undefined],
  ['a status that is a text', { status: 'Complete' as never }, undefined],
  ['conditions that are no list', { status: { conditions: 'Complete' } }, undefined],
  ['conditions that are no objects', { status: { conditions: [null, 7, 'Complete', []] } }, undefined],
  ['no spec', { spec: undefined as never, status: { conditions: [complete] } }, { 'completion-time': time }],
  ['an unknown condition', { status: { conditions: [{ type: 'Dreaming', status: 'True' }] } }, undefined],
  [
    'a time that is none',
    { status: { completionTime: 'yesterday', conditions: [complete] } },
    { 'completion-time': time },
  ],
  [
    'no time at all',
    { status: { completionTime: 'x'.repeat(100_000) } },
    { 'completion-time': expect.stringMatching(/^20..-/) as never },
  ],
  ['a number for a time', { status: { completionTime: 7, conditions: [complete] } }, { 'completion-time': time }],
];

describe('a Job of nonsense', () => {
  it.each(absurd)('with %s stops nobody', async (_name, parts, saved) => {
    const here = world();
    const metadata = { name: 'odd', namespace: 'default', uid: 'odd-uid', labels: enabled, annotations: huge };
    const object = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata,
      spec: {},
      status: {},
      ...parts,
    } as KubernetesObject;
    const { get, list } = here.cluster;
    const isOdd = (resource: Resource, name: string): boolean => resource.kind === 'Job' && name === 'odd';
    here.cluster.get = async (resource, namespace, name) =>
      isOdd(resource, name) ? { outcome: 'ok', value: object } : get.call(here.cluster, resource, namespace, name);
    here.cluster.list = async (resource, options) => {
      const page = await list.call(here.cluster, resource, options);
      if (page.outcome !== 'ok' || resource.kind !== 'Job') return page;
      return { outcome: 'ok', value: { ...page.value, items: [object, ...page.value.items] } };
    };
    await makeJob(here, 'work');
    here.controller.start();
    await here.clock.advance(3_600_000);
    await expectSavedBeside(here);
    const map = await get.call(here.cluster, configMapsResource, 'default', 'odd-results');
    if (saved) expect(map).toMatchObject({ outcome: 'ok', value: { data: saved } });
    else expect(map.outcome).toBe('refused');
    expect(here.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('without a uid or a name is skipped, counted and said in the log', async () => {
    const here = world();
    const { list } = here.cluster;
    const status = { conditions: [complete] };
    const odd = [{ name: 'no-uid', namespace: 'default' }, { uid: 'a', namespace: 'default' }, undefined].map(
      (metadata) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata, status }) as unknown as KubernetesObject,
    );
    here.cluster.list = async (resource, options) => {
      const page = await list.call(here.cluster, resource, options);
      if (page.outcome !== 'ok' || resource.kind !== 'Job') return page;
      return { outcome: 'ok', value: { ...page.value, items: [...odd, ...page.value.items] } };
    };
    await makeJob(here, 'work');
    here.controller.start();
    await here.clock.advance(60_000);
    await expectSavedBeside(here);
    const skipped = here.metrics.measured.filter(({ name }) => name === 'kubejobs_workload_objects_skipped_total');
    expect(skipped.map(({ labels }) => labels)).toEqual(Array(3).fill({ kind: 'Job' }));
    expect(here.logger.lines.filter(({ message }) => message === 'an object was skipped')[0]?.fields).toMatchObject({
      resource: 'jobs',
      name: 'no-uid',
    });
  });
});

async function expectSavedBeside(here: World): Promise<void> {
  expect(await findResult(here.cluster, 'default', 'work')).toMatchObject({
    value: { result: { status: 'completed' } },
  });
  expect(here.writes).toContain('DELETED Job work');
}
