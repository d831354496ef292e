import { describe, expect, it } from 'vitest';
import type { ApiResult } from '../../../../../pkg/kubernetes/cluster.ts';
import { ended, jobObject, podObject, testJobId } from '../../../../support/kubernetes-objects.ts';
import { page } from '../../../../support/scripted-cluster.ts';
import { reference, watched } from './watched.ts';

const failed = { conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }] };
const failedPod = podObject({ version: 5, phase: 'Failed', containers: { main: ended(7) } });
const unanswered: ApiResult<never> = { outcome: 'unknown', message: 'away' };

describe('a failed Job', () => {
  const selector = `pods in team with kubejobs.io/queue-id=00000000-0000-4000-8000-000000000001,kubejobs.io/job-id=${testJobId},kubejobs.io/attempt=1`;

  it('is told at once when the copy of its pods explains it', async () => {
    const { asked, news, start } = watched({ jobs: [jobObject(failed)], pods: [failedPod] });
    await start();
    expect(news()).toEqual(['1 failed exit_code 7']);
    expect(asked).toEqual([]);
  });

  it('has its pods looked at once more when the copy lags behind', async () => {
    const listPods = () => ({ outcome: 'ok', value: page([failedPod]) }) as const;
    const { asked, news, start } = watched({ jobs: [jobObject(failed)], listPods });
    await start();
    expect(asked).toEqual([selector]);
    expect(news()).toEqual(['1 failed exit_code 7']);
  });

  it('is explained by a pod that went away before, as one does that was evicted', async () => {
    const { news, sendJob, sendPod, start } = watched({
      jobs: [jobObject()],
      pods: [podObject({ phase: 'Running' })],
      expected: { 1: reference },
    });
    await start();
    await sendPod('MODIFIED', failedPod);
    await sendPod('DELETED', failedPod);
    await sendJob('MODIFIED', jobObject({ version: 9, ...failed }));
    expect(news()).toEqual(['1 active', '1 active starting', '1 failed exit_code 7']);
  });

  it.each<[string, Array<Parameters<typeof podObject>[0]>, string]>([
    [
      'says that its pod had been deleted when that was before its end',
      [
        { version: 2, phase: 'Running', deleted: true },
        { version: 3, phase: 'Failed', deleted: true, containers: { main: ended(137) } },
      ],
      'container main: Error, exit code 137; pod pod-1 had been deleted before it ended',
    ],
    [
      'says nothing of a deletion of its pod after the end of that',
      [
        { version: 2, phase: 'Failed', containers: { main: ended(137) } },
        { version: 3, phase: 'Failed', deleted: true, containers: { main: ended(137) } },
      ],
      'container main: Error, exit code 137',
    ],
  ])('%s', async (_title, life, message) => {
    const pods = [podObject({ phase: 'Running' })];
    const { sendJob, sendPod, start, words } = watched({ jobs: [jobObject()], pods, expected: { 1: reference } });
    await start();
    for (const parts of life) await sendPod('MODIFIED', podObject(parts));
    await sendPod('DELETED', podObject(life.at(-1)));
    await sendJob('MODIFIED', jobObject({ version: 9, ...failed }));
    expect(words().at(-1)).toBe(`1 failed exit_code 137: ${message}`);
  });

  it('is not explained by a pod of another Job that went away', async () => {
    const foreign = podObject({ version: 5, phase: 'Failed', owner: 'other', containers: { main: ended(9) } });
    const { news, sendJob, sendPod, start } = watched({
      jobs: [jobObject()],
      pods: [foreign],
      expected: { 1: reference },
    });
    await start();
    await sendPod('DELETED', foreign);
    await sendJob('MODIFIED', jobObject({ version: 9, ...failed }));
    expect(news()).toEqual(['1 active starting', '1 failed exit_code']);
  });

  it('is told without an exit code when its pods are gone', async () => {
    const { news, start } = watched({ jobs: [jobObject(failed)] });
    await start();
    expect(news()).toEqual(['1 failed exit_code']);
  });

  it('waits with the news until the look at its pods is answered', async () => {
    let answers = 0;
    const listPods = () => {
      answers += 1;
      return answers < 3 ? unanswered : ({ outcome: 'ok', value: page([failedPod]) } as const);
    };
    const { clock, news, start } = watched({ jobs: [jobObject(failed)], listPods });
    await start();
    expect(news()).toEqual([]);
    await clock.advance(10_000);
    expect(news()).toEqual(['1 failed exit_code 7']);
  });

  it('is told without an exit code when looking at pods is forbidden', async () => {
    const listPods = () => ({ outcome: 'refused', status: 403, reason: 'Forbidden', message: 'no' }) as const;
    const { news, start } = watched({ jobs: [jobObject(failed)], listPods });
    await start();
    expect(news()).toEqual(['1 failed exit_code']);
  });

  it('is told once, also when its pods go away afterwards', async () => {
    const { asked, news, sendPod, start } = watched({ jobs: [jobObject(failed)], pods: [failedPod] });
    await start();
    await sendPod('DELETED', failedPod);
    expect(news()).toEqual(['1 failed exit_code 7']);
    expect(asked).toEqual([]);
  });
});
