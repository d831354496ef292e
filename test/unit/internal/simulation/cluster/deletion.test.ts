import { describe, expect, test } from 'vitest';
import { jobsResource, podsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { lineOf, reading, simulatedWorld } from '../../../../support/simulated-world.ts';

async function runningJob() {
  const world = simulatedWorld({ terminationMs: 2_000 });
  await world.submit('a');
  await world.clock.advance(1_000);
  const version = (await world.cluster.list(jobsResource, {})) as { value: { resourceVersion: string } };
  return { ...world, since: { resourceVersion: version.value.resourceVersion } };
}

describe('deletion', () => {
  test('in the foreground marks the Job, lets its pods go first, and then takes the Job away', async () => {
    const { clock, cluster, remove, job, pods, since } = await runningJob();
    const jobs = reading(cluster, jobsResource, since);
    const podEvents = reading(cluster, podsResource, since);
    expect(await remove('a', 'foreground')).toEqual({ outcome: 'ok', value: undefined });
    const marked = await job('a');
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2030-01-01T00:00:01Z',
      finalizers: ['foregroundDeletion'],
    });
    await clock.advance(1_990);
    expect((await pods())[0]?.metadata.deletionTimestamp).toBeDefined();
    expect((await job('a')).metadata.uid).toBe(marked.metadata.uid);
    await clock.advance(20);
    expect(await pods()).toEqual([]);
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
    expect(jobs.events.at(0)).toMatchObject({
      type: 'MODIFIED',
      object: { metadata: { finalizers: expect.anything() } },
    });
    // What a real control plane (1.36) shows: no pods that are active, one that terminates, and never a condition.
    expect(jobs.events.at(1)).toMatchObject({ type: 'MODIFIED', object: { status: { terminating: 1 } } });
    expect(jobs.events.at(-1)).toMatchObject({
      type: 'DELETED',
      object: { status: expect.not.objectContaining({ conditions: expect.anything() }) },
    });
    expect(jobs.events).toHaveLength(3);
    expect(podEvents.events.map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED']);
    const versionOf = (event: unknown): number =>
      Number((event as { object: { metadata: { resourceVersion: string } } }).object.metadata.resourceVersion);
    expect(versionOf(podEvents.events.at(-1))).toBeLessThan(versionOf(jobs.events.at(-1)));
  });

  test('in the background takes the Job away at once and its pods after it', async () => {
    const { clock, cluster, remove, pods } = await runningJob();
    await remove('a', 'background');
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
    expect(await pods()).toHaveLength(1);
    await clock.advance(2_010);
    expect(await pods()).toEqual([]);
  });

  test('of a running pod shows how its container was ended', async () => {
    const { clock, cluster, remove, since } = await runningJob();
    const { events } = reading(cluster, podsResource, since);
    await remove('a', 'foreground');
    await clock.advance(3_000);
    expect(events.at(-1)).toMatchObject({
      type: 'DELETED',
      object: { status: { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 143 } } }] } },
    });
  });

  test('of a finished Job takes its finished pods along', async () => {
    const { clock, cluster, submit, remove, pods } = simulatedWorld();
    await submit('a');
    await clock.advance(20_000);
    expect(await pods()).toHaveLength(1);
    await remove('a', 'foreground');
    await clock.advance(5);
    expect(await pods()).toEqual([]);
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
  });

  test('with another uid than the object’s is refused with 409 and changes nothing', async () => {
    const { cluster, job } = await runningJob();
    const { uid } = (await job('a')).metadata;
    const answer = await cluster.delete(jobsResource, 'default', 'a', { propagation: 'background', uid: 'other' });
    expect(answer).toMatchObject({ outcome: 'refused', status: 409, reason: 'Conflict' });
    expect(answer).toMatchObject({ message: expect.stringContaining(`UID in object meta: ${uid}`) });
    expect((await job('a')).metadata.deletionTimestamp).toBeUndefined();
    const right = { propagation: 'background' as const, uid: uid ?? '' };
    expect(await cluster.delete(jobsResource, 'default', 'a', right)).toMatchObject({ outcome: 'ok' });
  });

  test('of an older version than the object’s is refused with 409 and changes nothing', async () => {
    const { clock, cluster, job } = await runningJob();
    const { resourceVersion = '' } = (await job('a')).metadata;
    await clock.advance(20_000);
    const ended = await job('a');
    const deletion = { propagation: 'foreground' as const, resourceVersion };
    expect(await cluster.delete(jobsResource, 'default', 'a', deletion)).toMatchObject({
      ...{ outcome: 'refused', status: 409, reason: 'Conflict' },
      message: expect.stringContaining(`ResourceVersion in object meta: ${ended.metadata.resourceVersion}`),
    });
    expect(await job('a')).toEqual(ended);
    const right = { ...deletion, resourceVersion: ended.metadata.resourceVersion ?? '' };
    expect(await cluster.delete(jobsResource, 'default', 'a', right)).toMatchObject({ outcome: 'ok' });
  });

  test('of what is not there answers 404', async () => {
    const { remove } = simulatedWorld();
    expect(await remove('a', 'foreground')).toMatchObject({ status: 404, message: 'jobs.batch "a" not found' });
  });

  test('asked for again while the object is going changes nothing', async () => {
    const { clock, cluster, remove, since } = await runningJob();
    const { events } = reading(cluster, jobsResource, since);
    await remove('a', 'foreground');
    await clock.advance(100);
    const once = events.map(lineOf);
    await remove('a', 'foreground');
    await clock.advance(100);
    expect(events.map(lineOf)).toEqual(once);
  });

  test('in the background of a Job that waits for its pods lets it go at once', async () => {
    const { clock, cluster, remove } = await runningJob();
    await remove('a', 'foreground');
    await clock.advance(10);
    await remove('a', 'background');
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
  });

  test('before the first pod was made leaves nothing behind', async () => {
    const { clock, submit, remove, pods, cluster } = simulatedWorld();
    await submit('a');
    await remove('a', 'foreground');
    await clock.advance(60_000);
    expect(await pods()).toEqual([]);
    expect(await cluster.get(jobsResource, 'default', 'a')).toMatchObject({ status: 404 });
  });

  test('and a new Job of the same name are two lives: the old one’s times do not end the new one', async () => {
    const { clock, submit, remove, job } = simulatedWorld();
    await submit('a');
    await clock.advance(6_000);
    await remove('a', 'background');
    await submit('a');
    await clock.advance(6_000);
    expect((await job('a')).status).toMatchObject({ active: 1 });
    await clock.advance(4_000);
    expect((await job('a')).status).toMatchObject({ succeeded: 1 });
  });
});
