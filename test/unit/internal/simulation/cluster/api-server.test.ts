import { describe, expect, test } from 'vitest';
import {
  jobsResource,
  type KubernetesObject,
  podsResource,
  type Resource,
} from '../../../../../pkg/kubernetes/cluster.ts';
import { okValue, simulatedJob } from '../../../../support/simulated-job.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';

function namesOf(objects: KubernetesObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

describe('create', () => {
  test('answers the object with uid, version, creation time and the server’s defaults', async () => {
    const { submit } = simulatedWorld();
    const job = await submit('a', { labels: { mine: 'yes' } });
    expect(job.metadata).toMatchObject({
      namespace: 'default',
      labels: { mine: 'yes' },
      creationTimestamp: '2030-01-01T00:00:00Z',
      resourceVersion: '1',
      generation: 1,
    });
    expect(job.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(job.spec).toMatchObject({
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      suspend: false,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': job.metadata.uid } },
      template: { metadata: { labels: { app: 'a', 'batch.kubernetes.io/job-name': 'a' } } },
    });
  });

  test('keeps a copy: what the caller does to its object later changes nothing', async () => {
    const { cluster, job } = simulatedWorld();
    const manifest = simulatedJob('a');
    await cluster.create(jobsResource, manifest);
    manifest.metadata.labels = { late: 'true' };
    (manifest.spec as { backoffLimit: number }).backoffLimit = 9;
    expect((await job('a')).metadata.labels).toBeUndefined();
    expect((await job('a')).spec).toMatchObject({ backoffLimit: 0 });
  });

  test('of a name that is taken is refused with 409 AlreadyExists, and changes nothing', async () => {
    const { cluster, submit, job } = simulatedWorld();
    const first = await submit('a');
    expect(await cluster.create(jobsResource, simulatedJob('a'))).toEqual({
      outcome: 'refused',
      status: 409,
      reason: 'AlreadyExists',
      message: 'jobs.batch "a" already exists',
    });
    expect((await job('a')).metadata.uid).toBe(first.metadata.uid);
  });

  test('says so when the one that is there is being deleted', async () => {
    const { clock, cluster, submit, remove } = simulatedWorld();
    await submit('a');
    await clock.advance(1_000);
    await remove('a', 'foreground');
    expect(await cluster.create(jobsResource, simulatedJob('a'))).toMatchObject({
      message: 'object is being deleted: jobs.batch "a" already exists',
    });
  });

  test('the same name in another namespace is another object', async () => {
    const { cluster, submit } = simulatedWorld();
    await submit('a');
    expect(await cluster.create(jobsResource, simulatedJob('a', { namespace: 'other' }))).toMatchObject({
      outcome: 'ok',
    });
  });

  test('as a dry run checks everything and stores nothing', async () => {
    const { clock, cluster, pods } = simulatedWorld();
    const answer = await cluster.create(jobsResource, simulatedJob('a'), { dryRun: true });
    expect(okValue(answer).spec).toMatchObject({ completions: 1 });
    const bad = simulatedJob('a', { spec: { backoffLimit: -1 } });
    expect(await cluster.create(jobsResource, bad, { dryRun: true })).toMatchObject({ status: 422 });
    await clock.advance(1_000);
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
    expect(await pods()).toEqual([]);
  });

  test.each([
    ['no template', { template: undefined }, 'spec.template: Required value'],
    [
      'no containers',
      { template: { spec: { restartPolicy: 'Never', containers: [] } } },
      'spec.template.spec.containers: Required value',
    ],
    [
      'no image',
      { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'x' }] } } },
      'spec.template.spec.containers[0].image: Required value',
    ],
    [
      'restartPolicy Always',
      { template: { spec: { restartPolicy: 'Always', containers: [{ name: 'x', image: 'y' }] } } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      'no restartPolicy, which means Always',
      { template: { spec: { containers: [{ name: 'x', image: 'y' }] } } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      'a negative number',
      { parallelism: -2 },
      'spec.parallelism: Invalid value: -2: must be greater than or equal to 0',
    ],
    ['a number that is none', { completions: 'many' }, 'spec.completions: Invalid value: "many": must be an integer'],
  ])('refuses a Job with %s by 422 and names the field', async (_what, spec, message) => {
    const { cluster } = simulatedWorld();
    expect(await cluster.create(jobsResource, simulatedJob('a', { spec }))).toEqual({
      outcome: 'refused',
      status: 422,
      reason: 'Invalid',
      message: `Job.batch "a" is invalid: ${message}`,
    });
  });

  test('lists all the problems of a Job that has several', async () => {
    const { cluster } = simulatedWorld();
    const answer = await cluster.create(jobsResource, simulatedJob('A_b', { spec: { backoffLimit: -1 } }));
    expect(answer).toMatchObject({
      message: expect.stringMatching(/^Job\.batch "A_b" is invalid: \[metadata\.name: .*, spec\.backoffLimit: .*\]$/),
    });
  });

  test('keeps objects of kinds that it does not run', async () => {
    const { clock, cluster } = simulatedWorld();
    const cronJobs: Resource = { group: 'batch', version: 'v1', plural: 'cronjobs', kind: 'CronJob' };
    const cronJob = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'a' }, spec: {} };
    await cluster.create(cronJobs, cronJob);
    await clock.advance(1_000);
    expect(okValue(await cluster.get(cronJobs, 'default', 'a')).kind).toBe('CronJob');
    expect(okValue(await cluster.list(jobsResource, {})).items).toEqual([]);
  });
});

describe('get', () => {
  test('sees a create and a delete at once', async () => {
    const { cluster, submit, remove } = simulatedWorld();
    expect(await cluster.get(jobsResource, 'default', 'a')).toEqual({
      outcome: 'refused',
      status: 404,
      reason: 'NotFound',
      message: 'jobs.batch "a" not found',
    });
    await submit('a');
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ outcome: 'ok' });
    await remove('a', 'background');
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
  });
});

describe('list', () => {
  test('selects by equality and existence of labels', async () => {
    const { cluster, submit } = simulatedWorld();
    await submit('a', { labels: { team: 'red', 'kubejobs.io/queue-id': 'q' } });
    await submit('b', { labels: { team: 'blue' } });
    await submit('c');
    const select = async (labelSelector: string): Promise<string[]> =>
      namesOf(okValue(await cluster.list(jobsResource, { labelSelector })).items);
    expect(await select('team=red')).toEqual(['a']);
    expect(await select('team==red')).toEqual(['a']);
    expect(await select('team!=red')).toEqual(['b', 'c']);
    expect(await select('team')).toEqual(['a', 'b']);
    expect(await select('!team')).toEqual(['c']);
    expect(await select('team, kubejobs.io/queue-id=q')).toEqual(['a']);
    expect(await select('')).toEqual(['a', 'b', 'c']);
    expect(await cluster.list(jobsResource, { labelSelector: 'team in (red)' })).toMatchObject({ status: 400 });
  });

  test('selects by namespace, and the pods of one Job by its name', async () => {
    const { clock, cluster } = simulatedWorld();
    for (const namespace of ['one', 'two']) await cluster.create(jobsResource, simulatedJob('a', { namespace }));
    await clock.advance(10);
    expect(okValue(await cluster.list(podsResource, {})).items).toHaveLength(2);
    const labelSelector = 'batch.kubernetes.io/job-name=a';
    const { items } = okValue(await cluster.list(podsResource, { namespace: 'two', labelSelector }));
    expect(items.map(({ metadata }) => metadata.namespace)).toEqual(['two']);
  });

  test('in pages shows one moment, whatever happens between the pages', async () => {
    const { cluster, submit, remove } = simulatedWorld();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await submit(name);
    const first = okValue(await cluster.list(jobsResource, { limit: 2 }));
    await remove('c', 'background');
    await submit('bb');
    const second = okValue(await cluster.list(jobsResource, { limit: 2, continue: first.continue ?? '' }));
    const third = okValue(await cluster.list(jobsResource, { limit: 2, continue: second.continue ?? '' }));
    expect([first, second, third].map(({ items }) => namesOf(items))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(third.continue).toBeUndefined();
    expect(third.resourceVersion).toBe(first.resourceVersion);
  });

  test('a page can be asked for again', async () => {
    const { cluster, submit } = simulatedWorld();
    for (const name of ['a', 'b', 'c']) await submit(name);
    const first = okValue(await cluster.list(jobsResource, { limit: 1 }));
    const again = { limit: 1, continue: first.continue ?? '' };
    expect(await cluster.list(jobsResource, again)).toEqual(await cluster.list(jobsResource, again));
  });

  test('answers 410 to a continue token that is too old', async () => {
    const { cluster, submit } = simulatedWorld();
    for (const name of ['a', 'b', 'c']) await submit(name);
    const { continue: token = '' } = okValue(await cluster.list(jobsResource, { limit: 1 }));
    for (let other = 0; other < 20; other += 1) await cluster.list(jobsResource, { limit: 1 });
    expect(await cluster.list(jobsResource, { continue: token })).toMatchObject({ status: 410, reason: 'Expired' });
  });
});

describe('a closed cluster', () => {
  test('answers nothing any more and leaves no timer behind', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    await submit('a');
    await cluster.close();
    expect(await cluster.ping()).toMatchObject({ outcome: 'unknown' });
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ outcome: 'unknown' });
    await expect(clock.runUntil(() => false, 60_000)).rejects.toThrow('did not hold');
    expect(await cluster.list(jobsResource, {})).toMatchObject({ outcome: 'unknown' });
  });
});
