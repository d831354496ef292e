// Restarts and outages on a real control plane, one case each. What a kill under load does to a queue is row 4 of the
// fault scorecard, test/faults/rows/04-kill.ts.
import { expect, it } from 'vitest';
import { getJson } from '../support/server-process.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { describeCluster } from './harness/shared-cluster.ts';
import { fated, isUnfinished, TestQueue, until } from './support/queue.ts';

describeCluster('a restart', (cluster) => {
  it('keeps the places of pending jobs and finds running ones again, with their outcome', async () => {
    const queue = await TestQueue.start(cluster, '--max-concurrency', '2');
    const running = [
      await queue.submit({ name: 'ends-well', priority: 9, template: fated('succeed', { duration: '3s' }) }),
      await queue.submit({ name: 'ends-badly', priority: 9, template: fated('fail', { duration: '3s' }) }),
    ];
    for (const jobId of running) await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    for (const [name, priority] of [
      ['c', 1],
      ['a', 3],
      ['b', 2],
    ] as const)
      await queue.submit({ name, priority });
    await queue.kill('SIGKILL');
    await until(async () => (await queue.kubernetesJobs()).filter(isUnfinished).length === 0, 60_000);
    await queue.restart();
    const [well, badly] = await Promise.all(running.map((jobId) => queue.finished(jobId)));
    expect(well).toMatchObject({ state: 'succeeded', exit_code: 0 });
    expect(badly).toMatchObject({ state: 'failed', exit_code: 1 });
    const all = await getJson<Array<{ job_id: string; name: string }>>(`${queue.url}/jobs`);
    const later = all.filter((job) => ['a', 'b', 'c'].includes(job.name));
    const jobs = await Promise.all(later.map((job) => queue.finished(job.job_id)));
    const inOrder = jobs.sort(
      (x, y) => (x.attempts[0]?.dispatch_sequence ?? 0) - (y.attempts[0]?.dispatch_sequence ?? 0),
    );
    expect(inOrder.map((job) => job.name)).toEqual(['a', 'b', 'c']);
    await queue.stop();
  });

  it('tells a job that vanished meanwhile from one that finished', async () => {
    const queue = await TestQueue.start(cluster);
    const jobId = await queue.submit({ name: 'vanishes', template: fated('never') });
    const { workload } = await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    await queue.kill('SIGKILL');
    await cluster.kubectl('delete', 'job', workload?.name ?? '', '-n', queue.namespace);
    await queue.restart();
    expect(await queue.finished(jobId)).toMatchObject({ state: 'failed', reason: 'workload_deleted' });
    await queue.stop();
  });

  it('after SIGTERM ends with code 0 and leaves running workloads alone', async () => {
    const queue = await TestQueue.start(cluster);
    const jobId = await queue.submit({ name: 'goes-on', template: fated('succeed', { duration: '3s' }) });
    await queue.jobWhen(jobId, (job) => job.workload?.uid !== undefined);
    expect(await queue.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect((await queue.kubernetesJobs()).filter(isUnfinished)).toHaveLength(1);
    await queue.restart();
    expect(await queue.finished(jobId)).toMatchObject({ state: 'succeeded' });
    await queue.stop();
  });
});

describeOwnCluster('an API server that goes away', { kwokNodes: 2 }, (cluster) => {
  it('stops no submission; dispatch goes on when it is back', async () => {
    const queue = await TestQueue.start(cluster(), '--max-concurrency', '3');
    const before = await queue.submit({ name: 'before', template: fated('succeed', { duration: '2s' }) });
    await queue.jobWhen(before, (job) => job.workload?.uid !== undefined);
    await cluster().stopApiServer();
    await until(async () => (await health(queue)).cluster === 'unreachable', 60_000);
    const during = await Promise.all([1, 2, 3, 4].map((i) => queue.submit({ name: `during-${i}`, priority: i })));
    expect(await queue.job(during[0] as string)).toMatchObject({ state: 'pending', reason: 'cluster_unreachable' });
    expect(await getJson<object>(`${queue.url}/readyz`)).toMatchObject({ cluster: 'unreachable' });
    await cluster().startApiServer();
    for (const jobId of [before, ...during]) {
      expect((await queue.finished(jobId, 120_000)).state).toBe('succeeded');
    }
    expect((await health(queue)).cluster).toBe('reachable');
    await queue.stop();
  });

  it('at the start is no reason not to take jobs', async () => {
    const queue = await TestQueue.start(cluster());
    await queue.kill('SIGTERM');
    await cluster().stopApiServer();
    await queue.restart();
    const jobId = await queue.submit({ name: 'early' });
    expect(await queue.job(jobId)).toMatchObject({ state: 'pending', reason: 'cluster_unreachable' });
    await cluster().startApiServer();
    expect((await queue.finished(jobId, 120_000)).state).toBe('succeeded');
    await queue.stop();
  });
});

function health(queue: TestQueue): Promise<{ cluster: string }> {
  return getJson(`${queue.url}/health`);
}
