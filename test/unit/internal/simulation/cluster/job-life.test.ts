import { describe, expect, test } from 'vitest';
import { jobsResource, type KubernetesObject, podsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { okValue, simulatedJob } from '../../../../support/simulated-job.ts';
import { simulatedWorld, worldStartMs } from '../../../../support/simulated-world.ts';

function conditionsOf(job: KubernetesObject): Array<{ type: string; reason: string; message: string }> {
  return (job.status?.conditions ?? []) as Array<{ type: string; reason: string; message: string }>;
}

async function endOf({ clock, job }: ReturnType<typeof simulatedWorld>, name: string): Promise<number> {
  let finished = false;
  const isFinished = (found: KubernetesObject): boolean =>
    conditionsOf(found).some(({ type }) => type === 'Complete' || type === 'Failed');
  for (let ms = 0; ms < 3_600_000 && !finished; ms += 1) {
    finished = isFinished(await job(name));
    if (!finished) await clock.advance(1);
  }
  return clock.now() - worldStartMs;
}

describe('the life of a simulated Job', () => {
  test('a Job runs within a few milliseconds, for the duration of the cluster, and completes', async () => {
    const { clock, submit, job, pods } = simulatedWorld();
    const created = await submit('a');
    expect(created.status).toEqual({});
    await clock.advance(5);
    expect((await job('a')).status).toMatchObject({ active: 1, ready: 1, startTime: '2030-01-01T00:00:00Z' });
    expect((await pods())[0]?.status).toMatchObject({ phase: 'Running' });
    await clock.advance(9_994);
    expect(conditionsOf(await job('a'))).toEqual([]);
    await clock.advance(1);
    const done = await job('a');
    expect(done.status).toMatchObject({ succeeded: 1, ready: 0, completionTime: '2030-01-01T00:00:10Z' });
    expect(done.status).not.toHaveProperty('active');
    expect(conditionsOf(done).map(({ type }) => type)).toEqual(['SuccessCriteriaMet', 'Complete']);
  });

  test('the pod carries the Job’s marks, its template and how its container ended', async () => {
    const { clock, submit, pods } = simulatedWorld();
    const job = await submit('a', { templateAnnotations: { note: 'x' } });
    await clock.advance(10_000);
    const [pod] = await pods();
    expect(pod?.metadata.name).toMatch(/^a-[a-z0-9]{5}$/);
    expect(pod?.metadata).toMatchObject({
      namespace: 'default',
      annotations: { note: 'x' },
      labels: {
        app: 'a',
        'job-name': 'a',
        'batch.kubernetes.io/job-name': 'a',
        'batch.kubernetes.io/controller-uid': job.metadata.uid,
      },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'a', uid: job.metadata.uid, controller: true }],
    });
    expect(pod?.status).toMatchObject({ phase: 'Succeeded' });
    expect(pod?.status?.containerStatuses).toMatchObject([
      {
        name: 'main',
        state: {
          terminated: {
            exitCode: 0,
            reason: 'Completed',
            startedAt: '2030-01-01T00:00:00Z',
            finishedAt: '2030-01-01T00:00:10Z',
          },
        },
      },
    ]);
  });

  test.each([
    ['500ms', 500],
    ['3s', 3_000],
    ['2m', 120_000],
    ['1m30s', 90_000],
    ['0.5s', 500],
    ['soon', 10_000],
    ['-3s', 10_000],
    ['', 10_000],
  ])('the annotation simulate-duration: "%s" makes a Job end after %i ms', async (text, expected) => {
    const world = simulatedWorld();
    await world.submit('a', { annotations: { 'kubejobs.io/simulate-duration': text } });
    expect(await endOf(world, 'a')).toBe(expected);
  });

  test('the pod template’s annotation counts where the Job has none', async () => {
    const world = simulatedWorld();
    await world.submit('a', { templateAnnotations: { 'kubejobs.io/simulate-duration': '2s' } });
    expect(await endOf(world, 'a')).toBe(2_000);
  });

  test('an hour is an hour', async () => {
    const { clock, submit, job } = simulatedWorld();
    await submit('a', { annotations: { 'kubejobs.io/simulate-duration': '1h' } });
    await clock.advance(3_599_999);
    expect(conditionsOf(await job('a'))).toEqual([]);
    await clock.advance(1);
    expect(conditionsOf(await job('a'))).toHaveLength(2);
  });

  test('an exit code other than 0 fails the Job with BackoffLimitExceeded, whatever its backoffLimit', async () => {
    const { clock, submit, job, pods } = simulatedWorld();
    await submit('a', { annotations: { 'kubejobs.io/simulate-exit-code': '7' }, spec: { backoffLimit: 3 } });
    await clock.advance(10_000);
    const failed = await job('a');
    expect(failed.status).toMatchObject({ failed: 1 });
    expect(failed.status).not.toHaveProperty('completionTime');
    expect(conditionsOf(failed)).toMatchObject([
      { type: 'FailureTarget', reason: 'BackoffLimitExceeded' },
      { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' },
    ]);
    const [pod] = await pods();
    expect(pod?.status).toMatchObject({ phase: 'Failed' });
    expect(pod?.status?.containerStatuses).toMatchObject([{ state: { terminated: { exitCode: 7, reason: 'Error' } } }]);
  });

  test('a suspended Job never starts', async () => {
    const { clock, submit, job, pods } = simulatedWorld();
    await submit('a', { spec: { suspend: true } });
    await clock.advance(60_000);
    expect(await pods()).toEqual([]);
    expect(conditionsOf(await job('a'))).toMatchObject([{ type: 'Suspended', reason: 'JobSuspended' }]);
  });

  test('completions are worked off by as many pods at once as parallelism allows', async () => {
    const world = simulatedWorld();
    await world.submit('a', { spec: { completions: 5, parallelism: 2 } });
    await world.clock.advance(10_500);
    expect((await world.job('a')).status).toMatchObject({ active: 2, succeeded: 2 });
    await world.clock.advance(30_000);
    expect((await world.job('a')).status).toMatchObject({ succeeded: 5 });
    expect(conditionsOf(await world.job('a'))).toHaveLength(2);
    expect(await world.pods()).toHaveLength(5);
  });

  test('a Job over its deadline loses its pods and fails with DeadlineExceeded', async () => {
    const { clock, submit, job, pods } = simulatedWorld();
    await submit('a', { spec: { activeDeadlineSeconds: 4 } });
    await clock.advance(4_002);
    expect(conditionsOf(await job('a')).map(({ type }) => type)).toEqual(['FailureTarget']);
    await clock.advance(100);
    expect(conditionsOf(await job('a'))[1]).toMatchObject({ type: 'Failed', reason: 'DeadlineExceeded' });
    expect(await pods()).toEqual([]);
  });

  test('a pod that someone deletes counts as failed', async () => {
    const { clock, cluster, submit, job, pods } = simulatedWorld();
    await submit('a');
    await clock.advance(1_000);
    const name = (await pods())[0]?.metadata.name ?? '';
    await cluster.delete(podsResource, 'default', name, { propagation: 'background' });
    await clock.advance(1_000);
    expect(conditionsOf(await job('a'))[1]).toMatchObject({ type: 'Failed', reason: 'BackoffLimitExceeded' });
  });

  test('a finished Job stays until it is deleted, or until its ttlSecondsAfterFinished', async () => {
    const { clock, cluster, submit } = simulatedWorld();
    await submit('keeps');
    await submit('goes', { spec: { ttlSecondsAfterFinished: 60 } });
    await clock.advance(69_000);
    expect(okValue(await cluster.list(jobsResource, {})).items).toHaveLength(2);
    await clock.advance(2_000);
    expect(okValue(await cluster.list(jobsResource, {})).items.map(({ metadata }) => metadata.name)).toEqual(['keeps']);
    await clock.advance(86_400_000);
    expect(okValue(await cluster.list(podsResource, {})).items).toHaveLength(1);
  });
});

describe('a Job taken over after a restart', () => {
  test('ends its duration after its recorded dispatch and keeps its uid', async () => {
    const world = simulatedWorld();
    const job = simulatedJob('a');
    job.metadata.uid = 'the-uid';
    okValue(world.cluster.adopt(job, { startedAt: worldStartMs - 6_000 }));
    const adopted = await world.job('a');
    expect(adopted.metadata).toMatchObject({ uid: 'the-uid', creationTimestamp: '2029-12-31T23:59:54Z' });
    expect(adopted.status).toMatchObject({ active: 1, ready: 1, startTime: '2029-12-31T23:59:54Z' });
    expect(await endOf(world, 'a')).toBe(4_000);
  });

  test('is finished at once, with its true times, when its duration is already over', async () => {
    const world = simulatedWorld();
    okValue(world.cluster.adopt(simulatedJob('a'), { startedAt: worldStartMs - 60_000 }));
    expect((await world.job('a')).status).toMatchObject({ succeeded: 1, completionTime: '2029-12-31T23:59:10Z' });
    expect(await endOf(world, 'a')).toBe(0);
  });

  test('is refused when it is there already', async () => {
    const { cluster, submit } = simulatedWorld();
    await submit('a');
    expect(cluster.adopt(simulatedJob('a'), { startedAt: worldStartMs })).toMatchObject({ reason: 'AlreadyExists' });
  });
});

describe('logs', () => {
  test('say what happened so far, and that it was simulated', async () => {
    const { clock, cluster, submit, pods } = simulatedWorld();
    await submit('a', { annotations: { 'kubejobs.io/simulate-exit-code': '3' } });
    await clock.advance(5_000);
    const name = (await pods())[0]?.metadata.name ?? '';
    expect(cluster.logs('default', name)).toHaveLength(2);
    await clock.advance(5_000);
    const lines = cluster.logs('default', name) ?? [];
    expect(lines.every(({ text }) => text.includes('[simulated]'))).toBe(true);
    expect(lines.at(-1)).toEqual({
      time: '2030-01-01T00:00:10Z',
      text: '[simulated] container main ended with exit code 3',
    });
  });

  test('are undefined for a pod or container that is not there', async () => {
    const { clock, cluster, submit, pods } = simulatedWorld();
    await submit('a');
    await clock.advance(5);
    const name = (await pods())[0]?.metadata.name ?? '';
    expect(cluster.logs('default', 'nobody')).toBeUndefined();
    expect(cluster.logs('default', name, 'sidecar')).toBeUndefined();
  });
});
