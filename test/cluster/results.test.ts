/**
 * Results of finished Jobs on a real API server: of the queue's Jobs and of Jobs that others made, on the real node where a log
 * has to be a real one, and on simulated nodes where only the Job's life counts.
 */
import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/server-process.ts';
import { describeCluster, describeRealNode, type SharedCluster } from './harness/shared-cluster.ts';
import { fated, realCommand, TestQueue, until } from './support/queue.ts';
import { grant } from './support/rights.ts';

interface ResultDocument {
  status: string;
  job_id?: string;
  attempt?: number;
  exit_code?: number;
  pods: Array<{ name: string; phase: string; containers: Array<{ state: string; log?: { bytes: number } }> }>;
  logs: string;
}

interface ConfigMapJson {
  metadata: { name: string; labels: Record<string, string> };
  data: Record<string, string>;
}

interface EventJson {
  type: string;
  reason: string;
  involvedObject: { name: string; uid: string };
}

async function startQueue(cluster: SharedCluster, ...flags: string[]): Promise<TestQueue> {
  const queue = await TestQueue.start(cluster, '--settle-ms', '0', '--max-concurrency', '9', ...flags);
  onTestFinished(() => queue.stop());
  await grant('results', cluster.kubectl, queue.namespace);
  return queue;
}

/** A Job that the queue knows nothing of. */
async function makeJob(cluster: SharedCluster, namespace: string, name: string, spec: object): Promise<void> {
  const labels = { 'job-handler/enabled': 'true' };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace, labels }, spec };
  await cluster.kubectl.withInput(job, 'create', '-f', '-');
}

/** Undefined while it is not there. */
async function resultOf(queue: TestQueue, job: string): Promise<ResultDocument | undefined> {
  const answer = await fetch(`${queue.url}/results/${queue.namespace}/${job}`);
  return answer.status === 200 ? ((await answer.json()) as ResultDocument) : undefined;
}

async function savedResult(queue: TestQueue, job: string): Promise<ResultDocument> {
  await until(
    async () => (await resultOf(queue, job)) !== undefined,
    120_000,
    () => `no result of ${job}`,
  );
  return (await resultOf(queue, job)) as ResultDocument;
}

async function items<T>(cluster: SharedCluster, queue: TestQueue, ...what: string[]): Promise<T[]> {
  const text = await cluster.kubectl('get', ...what, '-n', queue.namespace, '-o', 'json');
  return (JSON.parse(text) as { items: T[] }).items;
}

async function eventsOf(cluster: SharedCluster, queue: TestQueue, job: string): Promise<EventJson[]> {
  const events = await items<EventJson>(cluster, queue, 'events');
  return events.filter(({ reason, involvedObject }) => reason === 'JobProcessing' && involvedObject.name === job);
}

const isThere = async (cluster: SharedCluster, queue: TestQueue, job: string): Promise<boolean> =>
  (await items<{ metadata: { name: string } }>(cluster, queue, 'jobs')).some(({ metadata }) => metadata.name === job);

describeCluster('the result of a Job on simulated nodes', (cluster) => {
  it('is saved, told once and followed by its deletion after a success, and a failed Job is kept and marked', async () => {
    const queue = await startQueue(cluster);
    await makeJob(cluster, queue.namespace, 'good', fated('succeed'));
    await makeJob(cluster, queue.namespace, 'bad', fated('fail', { 'exit-code': '3' }));
    await makeJob(cluster, queue.namespace, 'sleeping', { ...fated('succeed'), suspend: true });
    expect((await savedResult(queue, 'good')).status).toBe('completed');
    expect((await savedResult(queue, 'bad')).status).toBe('failed');
    await until(async () => !(await isThere(cluster, queue, 'good')), 30_000);
    const mark = ['get', 'job', 'bad', '-n', queue.namespace, '-o', 'jsonpath={.metadata.annotations}'];
    await until(async () => (await cluster.kubectl(...mark)).includes('"job-handler/status":"failed"'), 30_000);
    expect((await eventsOf(cluster, queue, 'good')).map(({ type }) => type)).toEqual(['Normal']);
    expect((await eventsOf(cluster, queue, 'bad')).map(({ type }) => type)).toEqual(['Warning']);
    expect(await resultOf(queue, 'sleeping')).toBeUndefined();
    const maps = await items<ConfigMapJson>(cluster, queue, 'configmaps', '-l', 'job-handler/created=true');
    expect(maps.map(({ metadata }) => metadata.name).sort()).toEqual(['bad-results', 'good-results']);
    expect(maps[0]?.data).toMatchObject({ 'job-name': 'bad', status: 'failed' });
  });

  it('is that of a job of the queue, which keeps its state through kill −9 of the program', async () => {
    const queue = await startQueue(cluster);
    const jobs = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        queue.submit({ name: `own-${index}`, template: fated(index === 0 ? 'fail' : 'succeed'), results: true }),
      ),
    );
    for (let round = 0; round < 3; round += 1) {
      await until(async () => (await items(cluster, queue, 'configmaps')).length > round, 60_000);
      await queue.kill();
      await queue.restart();
    }
    for (const [index, id] of jobs.entries()) {
      const job = await queue.finished(id);
      expect(job.state, job.message).toBe(index === 0 ? 'failed' : 'succeeded');
      const { name = '' } = job.workload ?? {};
      expect(await savedResult(queue, name)).toMatchObject({ job_id: id, attempt: 1 });
      await until(async () => (await isThere(cluster, queue, name)) === (index === 0), 120_000);
      expect(await eventsOf(cluster, queue, name)).toHaveLength(1);
      const log = await (await fetch(`${queue.url}/jobs/${id}/logs`)).text();
      if (index > 0) expect(log).toContain('[kubejobs] the pods are gone; this is what was saved\n=== Pod: own-');
    }
  });

  it('never takes the place of somebody else’s ConfigMap', async () => {
    const queue = await startQueue(cluster);
    await cluster.kubectl('create', 'configmap', 'taken-results', '-n', queue.namespace, '--from-literal=theirs=yes');
    await makeJob(cluster, queue.namespace, 'taken', fated('succeed'));
    await until(async () => (await eventsOf(cluster, queue, 'taken')).length > 0, 60_000);
    expect((await eventsOf(cluster, queue, 'taken')).map(({ type }) => type)).toEqual(['Warning']);
    expect(await isThere(cluster, queue, 'taken')).toBe(true);
    const [map] = await items<ConfigMapJson>(
      cluster,
      queue,
      'configmaps',
      '--field-selector=metadata.name=taken-results',
    );
    expect(map?.data).toEqual({ theirs: 'yes' });
  });
});

describeRealNode('the result of a Job on the real node', (cluster) => {
  it('holds the real logs of the pods of a parallel Job, but for one whose pod is gone', async () => {
    const queue = await startQueue(cluster);
    const script = 'echo "line of $JOB_COMPLETION_INDEX"; [ $JOB_COMPLETION_INDEX = 0 ] || sleep 15';
    const job = await queue.submit({ name: 'five', template: parallel(script), results: true });
    const { workload } = await queue.jobWhen(job, ({ state }) => state === 'running');
    const first = `job-name=${workload?.name},batch.kubernetes.io/job-completion-index=0`;
    const firstPods = (): Promise<Array<{ status: { phase: string } }>> => items(cluster, queue, 'pods', '-l', first);
    await until(async () => (await firstPods())[0]?.status.phase === 'Succeeded', 60_000);
    await cluster.kubectl('delete', 'pods', '-n', queue.namespace, '-l', first);
    expect((await queue.finished(job)).state).toBe('succeeded');
    const result = await savedResult(queue, workload?.name ?? '');
    expect(result.pods).toHaveLength(4);
    const said = [...result.logs.matchAll(/^line of (\d)$/gm)].map(([, index]) => Number(index));
    expect(said.sort()).toEqual([1, 2, 3, 4]);
    expect(result.logs).toMatch(/^Container: main, State: Terminated \(Completed, exit code: 0\), Ready: false, /m);
  });

  it('holds three MiB of control characters and broken UTF-8, byte for byte', async () => {
    const queue = await startQueue(cluster);
    const seed = randomBytes(4).toString('hex');
    const script = `echo begin ${seed}; head -c 3145728 /dev/urandom | tr '\\n' '\\r' | fold -b -w 8000; echo; printf '\\001\\033\\377'; echo end`;
    await makeJob(cluster, queue.namespace, 'noise', realCommand(script));
    const result = await savedResult(queue, 'noise');
    expect(result.logs).toContain(`begin ${seed}\n`);
    expect(result.logs).toContain('\u0001\u001b\ufffdend\n');
    expect(result.pods[0]?.containers[0]?.log?.bytes).toBeGreaterThan(3_145_728);
    const maps = await items<ConfigMapJson>(cluster, queue, 'configmaps', '-l', 'job-handler/created=true');
    expect(maps.length).toBeGreaterThan(3);
    expect(await getJson<object>(`${queue.url}/results/${queue.namespace}/noise?logs=false`)).not.toHaveProperty(
      'logs',
    );
  });

  it('holds a small log of control characters as text', async () => {
    const queue = await startQueue(cluster);
    await makeJob(cluster, queue.namespace, 'small', { ...realCommand(`printf 'a\\001b\\000c\\377d\\n'; exit 7`) });
    const result = await savedResult(queue, 'small');
    expect(result).toMatchObject({ status: 'failed' });
    expect(result.logs).toContain('a\u0001b\u0000c\ufffdd\n');
    const [map] = await items<ConfigMapJson>(cluster, queue, 'configmaps', '-l', 'job-handler/created=true');
    expect(map?.data.logs).toContain('Terminated (Error, exit code: 7)');
  });
});

function parallel(script: string): object {
  return { ...realCommand(script), completions: 5, parallelism: 5, completionMode: 'Indexed' };
}
