import { describe, expect, it } from 'vitest';
import type { ApiResult, KubernetesObject, ListPage } from '../../../../../pkg/kubernetes/cluster.ts';
import type { WorkloadReference } from '../../../../../pkg/models/index.ts';
import { ended, jobObject, ourLabels, podObject } from '../../../../support/kubernetes-objects.ts';
import { page } from '../../../../support/scripted-cluster.ts';
import { notFound, reference, watched } from './watched.ts';

const complete = { conditions: [{ type: 'Complete' }] };
const failed = { conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }] };
const failedPod = podObject({ version: 5, phase: 'Failed', containers: { main: ended(7) } });
const forbidden: ApiResult<never> = { outcome: 'refused', status: 403, reason: 'Forbidden', message: 'no' };
const unanswered: ApiResult<never> = { outcome: 'unknown', message: 'away' };

describe('the jobs controller', () => {
  it('watches only what this queue made', async () => {
    const { jobs, pods, start } = watched();
    await start();
    for (const cluster of [jobs, pods]) {
      expect(cluster.lists[0]).toMatchObject({
        labelSelector: 'kubejobs.io/queue-id=00000000-0000-4000-8000-000000000001',
      });
      expect(cluster.lists[0]).not.toHaveProperty('namespace');
    }
  });

  it('watches the namespaces it was given, each for itself', async () => {
    const { jobs, start } = watched({ deps: { namespaces: ['a', 'b'] } });
    await start();
    expect(jobs.lists.map(({ namespace }) => namespace)).toEqual(['a', 'b']);
  });

  it('tells the life of an attempt, each thing once', async () => {
    const { expected, news, sendJob, sendPod, start } = watched();
    await start();
    expected.set(1, reference);
    await sendJob('ADDED', jobObject());
    await sendPod('ADDED', podObject());
    await sendPod('MODIFIED', podObject({ version: 2 }));
    await sendPod('MODIFIED', podObject({ version: 3, phase: 'Running' }));
    await sendJob('MODIFIED', jobObject({ version: 2 }));
    await sendPod('MODIFIED', podObject({ version: 4, phase: 'Succeeded' }));
    await sendJob('MODIFIED', jobObject({ version: 3, ...complete }));
    expect(news()).toEqual(['1 active starting', '1 active', '1 succeeded 0']);
  });

  it('says nothing of a running Job before its pods were listed once', async () => {
    const { clock, news, pods, start } = watched({ jobs: [jobObject()], pods: [podObject({ phase: 'Running' })] });
    pods.nextLists = [unanswered];
    await start();
    expect(news()).toEqual([]);
    await clock.advance(1_000);
    expect(news()).toEqual(['1 active']);
  });

  it('tells how a Job ended without waiting for the pods', async () => {
    const { news, pods, start } = watched({ jobs: [jobObject(complete)] });
    pods.nextLists = Array(5).fill(unanswered);
    await start();
    expect(news()).toEqual(['1 succeeded 0']);
  });

  it('does not count the pods of another Job that carry the same labels', async () => {
    const pods = [podObject({ phase: 'Running', owner: 'someone-else' })];
    const { news, start } = watched({ jobs: [jobObject()], pods });
    await start();
    expect(news()).toEqual(['1 active starting']);
  });

  it('tells of Jobs that nobody expects too: what to do with them is the engine’s business', async () => {
    const { news, start } = watched({ jobs: [jobObject(complete)] });
    await start();
    expect(news()).toEqual(['1 succeeded 0']);
  });

  it('takes only the expected name for an expected attempt, whoever copied its labels', async () => {
    const copy = jobObject({ name: 'copy', uid: 'copy-uid', ...complete });
    const { asked, news, start } = watched({ jobs: [copy, jobObject()], expected: { 1: reference } });
    await start();
    expect(news()).toEqual(['1 active starting']);
    expect(asked).toEqual([]);
  });

  it('skips a Job with odd labels, reports it once and goes on', async () => {
    const labels = { ...ourLabels(), 'kubejobs.io/attempt': 'two' };
    const { logger, news, relist, start } = watched({
      jobs: [jobObject({ name: 'odd', uid: 'odd', labels }), jobObject()],
    });
    await start();
    await relist();
    expect(news()).toContain('1 active starting');
    expect(logger.lines.filter(({ fields }) => JSON.stringify(fields).includes('odd')).length).toBeLessThanOrEqual(2);
  });

  it('tells the new object when a name comes back as another one', async () => {
    const { news, sendJob, start } = watched({ jobs: [jobObject()], expected: { 1: reference } });
    await start();
    await sendJob('MODIFIED', jobObject({ uid: 'other', version: 9 }));
    expect(news()).toEqual(['1 active starting', '1 active starting (other)']);
  });

  it('stops without a word more', async () => {
    const { clock, controller, news, sendJob, start } = watched();
    await start();
    await controller.stop();
    await sendJob('ADDED', jobObject());
    await clock.advance(3_600_000);
    expect(news()).toEqual([]);
  });
});

describe('a workload that is not in the copy', () => {
  const found = (object: KubernetesObject) => () => ({ outcome: 'ok', value: object }) as const;

  it('is missing only when a consistent read does not find it', async () => {
    const { asked, news, sendJob, start } = watched({ jobs: [jobObject()], expected: { 1: reference } });
    await start();
    news();
    await sendJob('DELETED', jobObject({ version: 2 }));
    expect(asked).toEqual(['team/job-1']);
    expect(news()).toEqual(['1 missing']);
  });

  it('is nobody’s business when its attempt is over', async () => {
    const { asked, news, sendJob, start } = watched({ jobs: [jobObject()] });
    await start();
    news();
    await sendJob('DELETED', jobObject({ version: 2 }));
    expect(asked).toEqual([]);
    expect(news()).toEqual([]);
  });

  it('is looked for after every complete list', async () => {
    const { asked, news, relist, start } = watched({ expected: { 1: reference } });
    await start();
    expect(news()).toEqual(['1 missing']);
    await relist();
    expect(asked).toHaveLength(2);
    expect(news()).toEqual(['1 missing']);
  });

  it('is told as the read shows it when it is there after all', async () => {
    const { news, start } = watched({ expected: { 1: reference }, get: found(jobObject(complete)) });
    await start();
    expect(news()).toEqual(['1 succeeded 0']);
  });

  it('is missing when its name belongs to somebody else', async () => {
    const other = jobObject({ uid: 'other', labels: { ...ourLabels(), 'kubejobs.io/queue-id': 'another' } });
    const { news, start } = watched({ expected: { 1: reference }, get: found(other) });
    await start();
    expect(news()).toEqual(['1 missing']);
  });

  it.each<[string, Record<string, string>]>([
    ['the mark of this queue was', { ...ourLabels(), 'kubejobs.io/queue-id': 'another' }],
    ['all marks were', {}],
  ])('is ours by its uid when %s taken away, and is asked about until its end', async (_title, labels) => {
    let now = jobObject({ labels });
    const { clock, asked, news, sendJob, start } = watched({
      jobs: [jobObject()],
      pods: [podObject({ phase: 'Running' })],
      expected: { 1: reference },
      get: () => ({ outcome: 'ok', value: now }),
    });
    await start();
    await sendJob('DELETED', jobObject({ version: 2, labels }));
    await clock.advance(40_000);
    expect(news()).toEqual(['1 active']);
    now = jobObject({ labels, ...complete });
    await clock.advance(30_000);
    expect(news()).toEqual(['1 succeeded 0']);
    expect(asked.length).toBeLessThan(12);
  });

  it('is not taken for what it was when its marks no longer make sense', async () => {
    const odd = { ...ourLabels(), 'kubejobs.io/attempt': 'two' };
    const { asked, news, sendJob, start } = watched({
      jobs: [jobObject()],
      expected: { 1: reference },
      get: found(jobObject({ labels: odd, ...complete })),
    });
    await start();
    await sendJob('MODIFIED', jobObject({ version: 2, labels: odd, ...complete }));
    expect(asked).toEqual(['team/job-1']);
    expect(news()).toEqual(['1 active starting', '1 succeeded 0']);
  });

  it('has ended as it did when its end and its deletion come together', async () => {
    const { asked, jobs, clock, news, start } = watched({ jobs: [jobObject()], expected: { 1: reference } });
    await start();
    jobs
      .watchNow()
      .send(
        { type: 'MODIFIED', object: jobObject({ version: 2, ...complete }) },
        { type: 'DELETED', object: jobObject({ version: 3, ...complete }) },
      );
    await clock.advance(1);
    expect(news()).toEqual(['1 active starting', '1 succeeded 0']);
    expect(asked).toEqual([]);
  });

  it('has ended as it did when it was deleted before anybody had the time to look', async () => {
    const lost: WorkloadReference = { ...reference, name: 'job-2', uid: 'uid-2' };
    let answer: (result: ApiResult<KubernetesObject>) => void = () => {};
    const { clock, news, sendJob, start } = watched({
      jobs: [jobObject()],
      expected: { 1: reference, 2: lost },
      get: (name) => (name === 'job-2' ? new Promise((resolve) => (answer = resolve)) : notFound),
      deps: { concurrency: 1 },
    });
    await start();
    await sendJob('MODIFIED', jobObject({ version: 2, ...complete }));
    await sendJob('DELETED', jobObject({ version: 3, ...complete }));
    answer(notFound);
    await clock.advance(1);
    expect(news().filter((line) => line.startsWith('1 '))).toContain('1 succeeded 0');
    expect(news()).not.toContain('1 missing');
  });

  it('has ended as it did also when the look at its pods has to be repeated', async () => {
    const answers: ApiResult<ListPage>[] = [unanswered];
    const { clock, jobs, news, start } = watched({
      jobs: [jobObject()],
      expected: { 1: reference },
      listPods: () => answers.shift() ?? { outcome: 'ok', value: page([failedPod]) },
    });
    await start();
    jobs
      .watchNow()
      .send(
        { type: 'MODIFIED', object: jobObject({ version: 2, ...failed }) },
        { type: 'DELETED', object: jobObject({ version: 3, ...failed }) },
      );
    await clock.advance(2_000);
    expect(news()).toEqual(['1 active starting', '1 failed exit_code 7']);
  });

  it('is missing when it and its pods left the watches and the right to ask is gone, as with its namespace', async () => {
    const { news, sendJob, sendPod, start } = watched({
      jobs: [jobObject()],
      pods: [podObject()],
      expected: { 1: reference },
      get: () => forbidden,
    });
    await start();
    await sendPod('DELETED', podObject({ version: 2 }));
    await sendJob('DELETED', jobObject({ version: 2 }));
    expect(news()).toEqual(['1 active starting', '1 missing']);
  });

  it('is not missing when it may not be read and a pod of it is left: it may have lost its labels', async () => {
    const { clock, news, sendJob, sendPod, start } = watched({
      jobs: [jobObject()],
      pods: [podObject()],
      expected: { 1: reference },
      get: () => forbidden,
    });
    await start();
    await sendJob('DELETED', jobObject({ version: 2 }));
    await clock.advance(60_000);
    expect(news()).toEqual(['1 active starting']);
    await sendPod('DELETED', podObject({ version: 2 }));
    expect(news()).toEqual(['1 missing']);
  });

  it('proves nothing by its absence while its create may be on its way', async () => {
    const { uid: _unknown, ...unconfirmed } = reference;
    const { asked, news, start } = watched({ expected: { 1: unconfirmed } });
    await start();
    expect(asked).toEqual(['team/job-1']);
    expect(news()).toEqual([]);
  });

  it.each<[string, ApiResult<never>]>([
    ['is not answered', unanswered],
    ['is forbidden', forbidden],
  ])('is read again later when the read %s', async (_title, first) => {
    const answers: ApiResult<never>[] = [first, first];
    const { asked, clock, news, start } = watched({
      expected: { 1: reference },
      get: () => answers.shift() ?? notFound,
    });
    await start();
    expect(news()).toEqual([]);
    await clock.advance(10_000);
    expect(asked).toHaveLength(3);
    expect(news()).toEqual(['1 missing']);
  });

  it('is not spoken of when its attempt ended during the read', async () => {
    let answer = (_result: ApiResult<KubernetesObject>): void => {};
    const get = () => new Promise<ApiResult<KubernetesObject>>((resolve) => (answer = resolve));
    const { clock, expected, news, start } = watched({ expected: { 1: reference }, get });
    await start();
    expected.clear();
    answer(notFound);
    await clock.advance(1);
    expect(news()).toEqual([]);
  });
});

describe('the end of a workload that is not known to be the attempt’s', () => {
  const older = jobObject({ uid: 'older', ...complete });
  const found = (object: KubernetesObject) => () => ({ outcome: 'ok', value: object }) as const;
  const { uid: _unknown, ...unconfirmed } = reference;

  it('is not told when another one has its name now: that one counts', async () => {
    const { asked, news, start } = watched({ jobs: [older], expected: { 1: reference }, get: found(jobObject()) });
    await start();
    expect(asked).toEqual(['team/job-1']);
    expect(news()).toEqual(['1 active starting']);
  });

  it('is told when the read finds the very same', async () => {
    const { news, start } = watched({ jobs: [older], expected: { 1: unconfirmed }, get: found(older) });
    await start();
    expect(news()).toEqual(['1 succeeded 0 (older)']);
  });

  it('is told when it is gone already and its create was not recorded yet', async () => {
    const { news, start } = watched({ jobs: [older], expected: { 1: unconfirmed } });
    await start();
    expect(news()).toEqual(['1 succeeded 0 (older)']);
  });

  it('says nothing about the recorded one, which is gone', async () => {
    const { news, start } = watched({ jobs: [older], expected: { 1: reference } });
    await start();
    expect(news()).toEqual(['1 missing']);
  });

  it('waits for an answer', async () => {
    const answers: ApiResult<KubernetesObject>[] = [unanswered, { outcome: 'ok', value: older }];
    const get = () => answers.shift() ?? notFound;
    const { clock, news, start } = watched({ jobs: [older], expected: { 1: unconfirmed }, get });
    await start();
    expect(news()).toEqual([]);
    await clock.advance(10_000);
    expect(news()).toEqual(['1 succeeded 0 (older)']);
  });
});

describe('looking at everything again', () => {
  it('tells what the engine may have lost, though it is no news', async () => {
    const { clock, controller, news, start } = watched({ jobs: [jobObject(complete)] });
    await start();
    controller.resync();
    await clock.advance(1);
    expect(news()).toEqual(['1 succeeded 0', '1 succeeded 0']);
  });

  it('happens after every complete list for what holds a slot or still runs, not for what is kept', async () => {
    const jobs = [
      jobObject({ ...complete, attempt: 1 }),
      jobObject({ name: 'job-2', uid: 'uid-2', attempt: 2 }),
      jobObject({ name: 'job-3', uid: 'uid-3', attempt: 3, ...complete }),
    ];
    const { news, relist, start } = watched({ jobs, expected: { 1: reference } });
    await start();
    expect(news().sort()).toEqual(['1 succeeded 0', '2 active starting (uid-2)', '3 succeeded 0 (uid-3)']);
    await relist();
    expect(news().sort()).toEqual(['1 succeeded 0', '2 active starting (uid-2)']);
  });
});
