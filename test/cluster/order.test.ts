// Order and cap on a real control plane: the sample timeline, and a crowd of jobs with random priorities.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeCluster } from './harness/shared-cluster.ts';
import { type ClusterAccess, fated, isUnfinished, type JobDocument, TestQueue } from './support/queue.ts';

describeCluster('the sample timeline with real Jobs', (cluster) => {
  it('starts job2 and job3, then job4 and job5, then job1', async () => {
    // A long settle window, for a test machine may take long over three submissions.
    const queue = await TestQueue.start(cluster, '--max-concurrency', '2', '--settle-ms', '5000');
    const submit = (name: string, priority: number, fate: string): Promise<string> =>
      queue.submit({ name, priority, template: fated(fate) });
    const ids = [
      await submit('job1', 2, 'succeed'),
      await submit('job2', 5, 'never'),
      await submit('job3', 5, 'never'),
    ];
    for (const id of ids.slice(1))
      await queue.jobWhen(id, (job) => job.state === 'running' && job.reason === undefined);
    ids.push(await submit('job4', 3, 'succeed'), await submit('job5', 3, 'succeed'));
    expect(await queue.names('pending')).toEqual(['job4', 'job5', 'job1']);
    expect(await queue.names('running')).toEqual(['job2', 'job3']);
    await endPods(cluster, queue);
    const jobs = await Promise.all(ids.map((id) => queue.finished(id)));
    expect(byDispatch(jobs).map((job) => job.name)).toEqual(['job2', 'job3', 'job4', 'job5', 'job1']);
    expect(mostAtOnce(jobs)).toBe(2);
    await queue.stop();
  });
});

describeCluster('200 jobs of random priorities and a cap of 10', (cluster) => {
  it('are dispatched in exact order, never more than 10 unfinished, and all finish', async () => {
    const queue = await TestQueue.start(cluster, '--max-concurrency', '10', '--settle-ms', '30000');
    const template = fated('succeed', { duration: '200ms' });
    const ids: string[] = [];
    for (let i = 0; i < 200; i += 1) {
      ids.push(await queue.submit({ name: `crowd-${i}`, priority: Math.floor(Math.random() * 20), template }));
    }
    const most = await mostUnfinishedWhile(queue, Promise.all(ids.map((id) => queue.finished(id, 240_000))));
    const jobs = await Promise.all(ids.map((id) => queue.job(id)));
    expect(jobs.filter((job) => job.state !== 'succeeded')).toEqual([]);
    expect(most).toBeLessThanOrEqual(10);
    expect(mostAtOnce(jobs)).toBe(10);
    const accepted = jobs.map((job, sequence) => ({ name: job.name, priority: job.priority, sequence }));
    const expected = accepted.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
    expect(byDispatch(jobs).map((job) => job.name)).toEqual(expected.map((job) => job.name));
    await queue.stop();
  });
});

/** The pods that run for ever succeed from now on. */
async function endPods(cluster: ClusterAccess, queue: TestQueue): Promise<void> {
  const fate = 'test.kubejobs.io/fate';
  await cluster.kubectl(
    'label',
    'pods',
    '-n',
    queue.namespace,
    '-l',
    `${fate}=never`,
    `${fate}=succeed`,
    '--overwrite',
  );
}

function byDispatch(jobs: JobDocument[]): JobDocument[] {
  const number = (job: JobDocument): number => job.attempts[0]?.dispatch_sequence ?? Number.NaN;
  return [...jobs].sort((a, b) => number(a) - number(b));
}

/** The most attempts that overlap, by their own recorded times. */
function mostAtOnce(jobs: JobDocument[]): number {
  const edges = jobs.flatMap(({ attempts }) =>
    attempts.flatMap((attempt) => [
      { at: Date.parse(attempt.dispatched_at), step: 1 },
      { at: Date.parse(attempt.finished_at ?? ''), step: -1 },
    ]),
  );
  let current = 0;
  let most = 0;
  for (const edge of edges.sort((a, b) => a.at - b.at || a.step - b.step)) {
    current += edge.step;
    most = Math.max(most, current);
  }
  return most;
}

/** The most unfinished Jobs that the API server ever showed while `work` went on. */
async function mostUnfinishedWhile(queue: TestQueue, work: Promise<unknown>): Promise<number> {
  let most = 0;
  let busy = true;
  const done = work.finally(() => {
    busy = false;
  });
  while (busy) {
    most = Math.max(most, (await queue.kubernetesJobs()).filter(isUnfinished).length);
    await delay(200);
  }
  await done;
  return most;
}
