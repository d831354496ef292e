/**
 * The harness itself, on KWOK's nodes and on the real one: what every other file in this folder relies on.
 */
import { afterAll, expect, it } from 'vitest';
import { defaultLogLines } from './harness/kwok.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { describeCluster, describeRealNode, type SharedCluster } from './harness/shared-cluster.ts';
import { waitFor } from './harness/wait.ts';

interface Terminated {
  exitCode: number;
  reason: string;
  startedAt?: string;
  finishedAt?: string;
}

interface JobChoice {
  fate?: string;
  annotations?: Record<string, string>;
  pod?: object;
  container?: object;
}

const onRealNode = {
  nodeSelector: { 'kubernetes.io/hostname': 'localhost' },
  tolerations: [{ key: 'kubejobs.io/real', operator: 'Exists' }],
};

function aJob(name: string, { fate, annotations, pod, container }: JobChoice = {}): object {
  const main = { name: 'main', image: 'busybox:1.36', imagePullPolicy: 'Never', command: ['true'], ...container };
  const metadata = { labels: fate ? { 'test.kubejobs.io/fate': fate } : {}, annotations };
  const template = { metadata, spec: { restartPolicy: 'Never', containers: [main], ...pod } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { smoke: '' } },
    spec: { backoffLimit: 0, template },
  };
}

const realJob = (name: string, command: string[], container: object = {}): object =>
  aJob(name, { pod: onRealNode, container: { command, ...container } });

type Kubectl = Pick<SharedCluster, 'kubectl'>;

/** Creates the Job and resolves to the type of the condition that ended it: `Complete` or `Failed`. */
async function runJob({ kubectl }: Kubectl, job: object, name: string): Promise<string> {
  await kubectl.withInput(job, 'create', '-f', '-');
  const path = '{.status.conditions[?(@.status=="True")].type}';
  const finished = async () => {
    const types = (await kubectl('get', 'job', name, '-o', `jsonpath=${path}`)).split(' ');
    return types.find((type) => type === 'Complete' || type === 'Failed');
  };
  return waitFor(`the end of Job ${name}`, finished, { timeoutMs: 60_000 });
}

async function terminated({ kubectl }: Kubectl, job: string): Promise<Terminated> {
  const path = '{.items[0].status.containerStatuses[0].state.terminated}';
  const text = await kubectl('get', 'pods', '-l', `job-name=${job}`, '-o', `jsonpath=${path}`);
  return JSON.parse(text) as Terminated;
}

describeCluster('on a KWOK node', (cluster) => {
  afterAll(() => cluster.kubectl('delete', 'jobs', '-l', 'smoke', '--wait=false'));

  it('a Job succeeds, and its container has a beginning and an end', async () => {
    expect(await runJob(cluster, aJob('smoke-ok'), 'smoke-ok')).toBe('Complete');
    const end = await terminated(cluster, 'smoke-ok');
    expect(end).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(Date.parse(end.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(end.startedAt ?? ''));
  });

  it('a Job fails with the exit code that its pod asks for', async () => {
    const job = aJob('smoke-seven', { fate: 'fail', annotations: { 'test.kubejobs.io/exit-code': '7' } });
    expect(await runJob(cluster, job, 'smoke-seven')).toBe('Failed');
    expect(await terminated(cluster, 'smoke-seven')).toMatchObject({ exitCode: 7, reason: 'Error' });
  });

  it('a pod whose fate is oom is OOMKilled', async () => {
    expect(await runJob(cluster, aJob('smoke-oom', { fate: 'oom' }), 'smoke-oom')).toBe('Failed');
    expect(await terminated(cluster, 'smoke-oom')).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('logs are read through the API server', async () => {
    await runJob(cluster, aJob('smoke-logs'), 'smoke-logs');
    expect(await cluster.kubectl('logs', 'job/smoke-logs')).toBe(`${defaultLogLines.join('\n')}\n`);
  });

  it('a deleted pod goes away, with its Job', async () => {
    const job = aJob('smoke-deleted', { fate: 'never' });
    await cluster.kubectl.withInput(job, 'create', '-f', '-');
    const phase = '{.items[*].status.phase}';
    const pods = () => cluster.kubectl('get', 'pods', '-l', 'job-name=smoke-deleted', '-o', `jsonpath=${phase}`);
    await waitFor('a running pod', async () => (await pods()) === 'Running');
    await cluster.kubectl('delete', 'job', 'smoke-deleted', '--cascade=foreground', '--timeout=30s');
    expect(await pods()).toBe('');
  });
});

describeOwnCluster('the API server', { kwokNodes: 1 }, (own) => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('stops by %s, starts again and still has its objects', async (signal) => {
    const cluster = own();
    const name = `kept-${signal.toLowerCase()}`;
    await cluster.kubectl('create', 'configmap', name, '--from-literal=a=b');
    await cluster.stopApiServer(signal);
    await expect(cluster.kubectl('get', 'configmap', name)).rejects.toThrow('refused');
    await cluster.startApiServer();
    expect(await cluster.kubectl('get', 'configmap', name, '-o', 'jsonpath={.data.a}')).toBe('b');
  });

  it('has its Jobs run to the end after an outage', async () => {
    expect(await runJob(own(), aJob('after-outage'), 'after-outage')).toBe('Complete');
  });
});

describeRealNode('on the real node', (cluster) => {
  afterAll(() => cluster.kubectl('delete', 'jobs', '-l', 'smoke', '--wait=false'));

  it('a Job prints a line and succeeds', async () => {
    const job = realJob('real-ok', ['echo', 'hello from a real container']);
    expect(await runJob(cluster, job, 'real-ok')).toBe('Complete');
    expect(await cluster.kubectl('logs', 'job/real-ok')).toBe('hello from a real container\n');
  });

  it('a Job fails with exit code 7', async () => {
    expect(await runJob(cluster, realJob('real-seven', ['sh', '-c', 'exit 7']), 'real-seven')).toBe('Failed');
    expect(await terminated(cluster, 'real-seven')).toMatchObject({ exitCode: 7, reason: 'Error' });
  });

  it('a process that takes more memory than its limit is killed for it', async () => {
    const greedy = ['sh', '-c', 'tail /dev/zero'];
    const job = realJob('real-oom', greedy, { resources: { limits: { memory: '32Mi' } } });
    expect(await runJob(cluster, job, 'real-oom')).toBe('Failed');
    expect(await terminated(cluster, 'real-oom')).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });

  it('a pod that only selects the node, and does not tolerate its taint, is not put there', async () => {
    const { nodeSelector } = onRealNode;
    await cluster.kubectl.withInput(aJob('real-not', { pod: { nodeSelector } }), 'create', '-f', '-');
    const path = 'jsonpath={.items[0].status.conditions[?(@.type=="PodScheduled")].reason}';
    const reason = () => cluster.kubectl('get', 'pods', '-l', 'job-name=real-not', '-o', path);
    await waitFor('the refusal', async () => (await reason()) === 'Unschedulable');
  });
});
