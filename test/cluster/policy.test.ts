// The policy on a real control plane: our rules say what the API server's own Pod Security Admission says, hostile jobs
// get nowhere, and a policy that becomes stricter holds for jobs that were accepted before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtInTemplate } from '../../pkg/kubernetes/manifest.ts';
import { podSecurityCases, podWith } from '../support/pod-security-cases.ts';
import { submitJob } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiRequest } from './harness/api-request.ts';
import { describeCluster, describeRealNode, type SharedCluster } from './harness/shared-cluster.ts';
import { fated, TestQueue } from './support/queue.ts';

const levels = ['baseline', 'restricted'] as const;
type Level = (typeof levels)[number];

const enforced = (level: Level): string[] => [
  `pod-security.kubernetes.io/enforce=${level}`,
  'pod-security.kubernetes.io/enforce-version=v1.36',
];

describeCluster('the table of Pod Security cases', (cluster) => {
  beforeAll(async () => {
    for (const level of levels) await cluster.kubectl('create', 'namespace', `pss-${level}`);
    for (const level of levels) await cluster.kubectl('label', 'namespace', `pss-${level}`, ...enforced(level));
  });
  afterAll(() => cluster.kubectl('delete', 'namespace', ...levels.map((level) => `pss-${level}`), '--wait=false'));

  it.each(levels)('says of %s what the API server says', async (level) => {
    const verdicts: string[] = [];
    for (const batch of batchesOf(podSecurityCases, 16)) {
      verdicts.push(...(await Promise.all(batch.map(({ set }) => verdictOf(cluster, level, podWith(set))))));
    }
    const ours = podSecurityCases.map((one) => (one[level].length === 0 ? 'allowed' : 'refused'));
    const titles = podSecurityCases.map(({ control, set }) => `${control}: ${JSON.stringify(set)}`);
    const compared = titles.map((title, index) => ({ title, ours: ours[index], theirs: verdicts[index] }));
    const judged = compared.filter(({ theirs }) => theirs !== 'invalid');
    expect(judged.filter(({ ours: mine, theirs }) => mine !== theirs)).toEqual([]);
    // What the API server finds invalid it refuses before it asks its policy.
    expect(compared.length - judged.length).toBeLessThan(10);
  });
});

/** What a dry run of the pod is answered where the API server enforces the level. */
async function verdictOf(cluster: SharedCluster, level: Level, { metadata, spec }: ReturnType<typeof podWith>) {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'case' }, spec };
  const { status, text } = await apiRequest(cluster, 'POST', `/api/v1/namespaces/pss-${level}/pods?dryRun=All`, pod);
  if (status === 201) return 'allowed';
  if (status === 403 && text.includes('violates PodSecurity')) return 'refused';
  if (status === 422) return 'invalid';
  throw new Error(`${status} ${text}`);
}

function batchesOf<T>(items: readonly T[], size: number): T[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, index) => index * size);
  return starts.map((start) => items.slice(start, start + size));
}

const hostile = {
  template: {
    spec: {
      hostPID: true,
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox:1.36', securityContext: { privileged: true } }],
      volumes: [{ name: 'root', hostPath: { path: '/' } }],
    },
  },
};

describeCluster('a hostile job', (cluster) => {
  let queue: TestQueue;
  beforeAll(async () => {
    const lax = ['--pod-security', 'privileged', '--namespaces', 'default'];
    queue = await TestQueue.start(cluster, ...lax, '--max-concurrency', '1');
  });
  afterAll(() => queue.stop());

  it('that was accepted under a laxer policy fails when it would be dispatched, and nothing is sent', async () => {
    const runs = await queue.submit({ name: 'runs', namespace: 'default', priority: 9, template: fated('never') });
    const { workload } = await queue.jobWhen(runs, (job) => job.state === 'running' && job.reason === undefined);
    const privileged = await queue.submit({ name: 'privileged', template: hostile });
    const elsewhere = await queue.submit({ name: 'elsewhere', namespace: 'default', image: 'busybox:1.36' });
    const fine = await queue.submit({ name: 'fine', image: 'busybox:1.36' });
    await queue.kill('SIGTERM');
    await queue.restart('--pod-security', 'baseline', '--namespaces', queue.namespace);

    // What ran in a namespace that is no longer allowed is followed to its end.
    expect(await queue.job(runs)).toMatchObject({ state: 'running' });
    const fate = 'test.kubejobs.io/fate=succeed';
    const pods = ['pods', '-n', 'default', '-l', `job-name=${workload?.name}`];
    await cluster.kubectl('label', ...pods, fate, '--overwrite');
    expect(await queue.finished(runs)).toMatchObject({ state: 'succeeded' });

    const refused = { state: 'failed', reason: 'create_refused' };
    expect(await queue.finished(privileged)).toMatchObject(refused);
    expect((await queue.job(privileged)).message).toContain('/spec/template/spec/hostPID must be false or left out');
    expect(await queue.finished(elsewhere)).toMatchObject(refused);
    expect((await queue.job(elsewhere)).message).toContain(`the namespace default must be one of ${queue.namespace}`);
    expect(await queue.finished(fine)).toMatchObject({ state: 'succeeded' });
    expect((await queue.kubernetesJobs()).map((job) => job.metadata.labels['kubejobs.io/job-id'])).toEqual([fine]);
    const there = await cluster.kubectl(
      'get',
      'jobs',
      '-n',
      'default',
      '-l',
      `kubejobs.io/job-id=${elsewhere}`,
      '-o',
      'name',
    );
    expect(there).toBe('');
  });

  it('is refused at submit under the stricter one, with every field, and leaves nothing anywhere', async () => {
    const before = await queue.kubernetesJobs();
    const response = await submitJob(queue.url, { name: 'hostile', namespace: 'kube-system', template: hostile });
    const problem = (await response.json()) as { code: string; errors: Array<{ pointer: string }> };
    expect(response.status).toBe(403);
    expect(problem.code).toBe('policy_refused');
    expect(problem.errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/namespace',
      '/template/template/spec/containers/0/securityContext/privileged',
      '/template/template/spec/hostPID',
      '/template/template/spec/volumes/0/hostPath',
    ]);
    expect(await (await fetch(`${queue.url}/jobs?name=hostile`)).json()).toEqual([]);
    expect((await queue.kubernetesJobs()).length).toBe(before.length);
  });
});

describeCluster('under --pod-security restricted', (cluster) => {
  it('jobs of the default template and of an image run where the API server enforces it too', async () => {
    const queue = await TestQueue.start(cluster, '--pod-security', 'restricted');
    await cluster.kubectl('label', 'namespace', queue.namespace, ...enforced('restricted'));
    const ids = [await queue.submit({ name: 'plain' }), await queue.submit({ name: 'image', image: 'busybox:1.36' })];
    for (const id of ids) expect(await queue.finished(id)).toMatchObject({ state: 'succeeded' });
    await queue.stop();
  });
});

describeRealNode('the built-in template', (cluster) => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('runs as nobody in a real container', async () => {
    const file = join(folder.path, 'template.json');
    writeFileSync(file, JSON.stringify(onRealNode(builtInTemplate)));
    const queue = await TestQueue.start(cluster, '--pod-security', 'restricted', '--job-template', file);
    const job = await queue.finished(await queue.submit({ name: 'prints-its-name' }));
    expect(job).toMatchObject({ state: 'succeeded', exit_code: 0 });
    expect(await cluster.kubectl('logs', `job/${job.workload?.name}`, '-n', queue.namespace)).toBe('prints-its-name\n');
    await queue.stop();
  });
});

function onRealNode(template: object): object {
  const { template: pod } = template as { template: { spec: object } };
  const nodeSelector = { 'kubernetes.io/hostname': 'localhost' };
  const tolerations = [{ key: 'kubejobs.io/real', operator: 'Exists' }];
  return { ...template, template: { ...pod, spec: { ...pod.spec, nodeSelector, tolerations } } };
}
