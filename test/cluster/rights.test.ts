// The rights in deploy/rbac are just enough: the API server takes the manifests, refuses kubejobs nothing while it does all
// that it ever does, and every right that it gives is one that was used.
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { repositoryRoot } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { auditLogFile } from './harness/control-plane-flags.ts';
import { describeCluster, type SharedCluster } from './harness/shared-cluster.ts';
import { fated, TestQueue, until } from './support/queue.ts';
import { accountWithRights, grant, rightsManifests } from './support/rights.ts';
import { jobSetCrd, pytorchJobCrd } from './support/workloads.ts';

interface AuditLine {
  verb: string;
  user: { username: string };
  objectRef?: { apiGroup?: string; resource: string; subresource?: string; namespace?: string };
  responseStatus: { code: number };
}

describeCluster('the rights of kubejobs', (cluster) => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('are manifests that the API server takes', async () => {
    const dryRun = ['apply', '--server-side', '--dry-run=server'];
    await cluster.kubectl('create', 'namespace', 'kubejobs');
    const optional = ['pytorchjobs', 'health', 'results', 'results-ttl', 'podgroup'].flatMap((file) => [
      file,
      `${file}-cluster`,
    ]);
    for (const file of ['account', 'namespace', 'cluster', ...optional]) {
      const scope = file === 'account' || file.endsWith('cluster') ? [] : ['-n', 'default'];
      const answer = await cluster.kubectl(...dryRun, ...scope, '-f', `${repositoryRoot}deploy/rbac/${file}.yaml`);
      expect(answer).toContain('serverside-applied (server dry run)');
    }
    await cluster.kubectl('delete', 'namespace', 'kubejobs', '--wait=false');
  });

  it.each([
    ['namespace', 'default'],
    ['cluster', '*'],
  ] as const)('in %s.yaml are all used, and nothing else is asked for', async (file, namespaces) => {
    const queue = await TestQueue.start(
      cluster,
      '--namespaces',
      namespaces,
      '--job-ttl',
      '1s',
      '--max-concurrency',
      '9',
    );
    await doEverything(cluster, queue);
    const lines = auditOf(cluster, queue.namespace);
    expect(lines.filter((line) => line.responseStatus.code === 403)).toEqual([]);
    const used = new Set(lines.flatMap(usedRight));
    expect([...used].sort()).toEqual(rightsOf(file).sort());
    await queue.stop();
  });

  it('in results.yaml and results-ttl.yaml are all used, and nothing beyond them and namespace.yaml is asked for', async () => {
    const queue = await TestQueue.start(cluster, '--settle-ms', '0', '--controllers', 'results');
    await grant('results', cluster.kubectl, queue.namespace);
    await grant('results-ttl', cluster.kubectl, queue.namespace);
    await queue.kill('SIGTERM');
    await queue.restart('--results-ttl', '1s');
    await queue.finished(await queue.submit({ name: 'saved', template: fated('succeed'), results: true }));
    await expectUsed(cluster, queue, 'results', 'results-ttl');
    await queue.stop();
  });

  it('in health.yaml are all used, and nothing beyond them and namespace.yaml is asked for', async () => {
    const { kubectl } = cluster;
    const known = await kubectl('get', 'crds', '-o', 'name');
    const made = [jobSetCrd, pytorchJobCrd].filter(({ metadata }) => !known.includes(`/${metadata.name}`));
    const names = made.map(({ metadata }) => `crd/${metadata.name}`);
    const queue = await TestQueue.start(cluster, '--controllers', 'none');
    try {
      for (const crd of made) await kubectl.withInput(crd, 'create', '-f', '-');
      if (names.length > 0) await kubectl('wait', '--for=condition=Established', '--timeout=60s', ...names);
      await grant('health', kubectl, queue.namespace);
      await queue.kill('SIGTERM');
      await queue.restart('--controllers', 'health');
      await expectUsed(cluster, queue, 'health');
      await queue.stop();
    } finally {
      if (names.length > 0) await kubectl('delete', ...names, '--wait=true');
    }
  });

  it('to groups of pods in podgroup.yaml are enough, and no more is asked for', async () => {
    const queue = await TestQueue.start(cluster, '--controllers', 'podgroup', '--gang-deadlock-after', '1s');
    await grant('podgroup', cluster.kubectl, queue.namespace);
    const items = [...deadlockedPods('red'), ...deadlockedPods('blue'), statefulSet];
    const list = { apiVersion: 'v1', kind: 'List', items };
    await cluster.kubectl.withInput(list, 'create', '-n', queue.namespace, '-f', '-');
    const used = (): string[] => auditOf(cluster, queue.namespace).flatMap(usedRight);
    const needed = ['patch /pods', 'get apps/statefulsets', 'create /events'];
    await until(
      async () => needed.every((right) => used().includes(right)),
      30_000,
      () => used().join(', '),
    );
    expect(auditOf(cluster, queue.namespace).filter((line) => line.responseStatus.code === 403)).toEqual([]);
    const rules = (['namespace', 'podgroup'] as const).flatMap((file) => rightsManifests(file));
    const granted = rules.flatMap(({ rules: each = [] }) => each.flatMap(grantedRights));
    expect(used().filter((right) => !granted.includes(right))).toEqual([]);
    await queue.stop();
  });

  it('do not reach Secrets, other namespaces, what runs in pods, or rights themselves', async () => {
    const own = 'rights-alone';
    await accountWithRights({ ...cluster, namespace: own, others: [], folder: folder.path });
    const asked: Array<[verb: string, resource: string, namespace: string, group?: string]> = [
      ['delete', 'jobs', own, 'batch'],
      ['get', 'secrets', own],
      ['create', 'pods', own],
      ['delete', 'pods', own],
      ['create', 'serviceaccounts', own],
      ['create', 'rolebindings', own, 'rbac.authorization.k8s.io'],
      ['update', 'jobs', own, 'batch'],
      ['create', 'jobs', 'kube-system', 'batch'],
      ['list', 'pods', 'kube-system'],
    ];
    const items = [
      ...asked.map(([verb, resource, namespace, group = '']) => review(own, { verb, group, resource, namespace })),
      review(own, { verb: 'create', group: '', resource: 'pods', subresource: 'exec', namespace: own }),
    ];
    const list = { apiVersion: 'v1', kind: 'List', items };
    const text = await cluster.kubectl.withInput(list, 'create', '-f', '-', '-o', 'jsonpath={.status.allowed}{" "}');
    expect(text.trim().split(/\s+/)).toEqual(['true', ...items.slice(1).map(() => 'false')]);
    await cluster.kubectl('delete', 'namespace', own, '--wait=false');
  });
});

/** Waits until each right of the files was used; what was asked for is in them or among those that everybody needs. */
async function expectUsed(
  cluster: SharedCluster,
  queue: TestQueue,
  ...files: Array<'health' | 'results' | 'results-ttl'>
): Promise<void> {
  const granted = files.flatMap(rightsOf);
  const used = (): Set<string> => new Set(auditOf(cluster, queue.namespace).flatMap(usedRight));
  const unused = (): string[] => granted.filter((right) => !used().has(right));
  await until(
    async () => unused().length === 0,
    90_000,
    () => `unused: ${unused().join(', ')}`,
  );
  const refused = auditOf(cluster, queue.namespace).filter((line) => line.responseStatus.code === 403);
  expect(refused.flatMap(usedRight)).toEqual([]);
  const allowed = new Set([...granted, ...rightsOf('namespace')]);
  expect([...used()].filter((right) => !allowed.has(right))).toEqual([]);
}

function rightsOf(file: Parameters<typeof rightsManifests>[0]): string[] {
  return rightsManifests(file).flatMap(({ rules = [] }) => rules.flatMap(grantedRights));
}

const groupLabel = 'podgroup.jhwagner.github.io/name';

/** One runs, and the other finds no node. */
function deadlockedPods(group: string): object[] {
  const labels = { [groupLabel]: group, 'test.kubejobs.io/fate': 'never' };
  return ['1m', '4000'].map((cpu, index) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: `${group}-${index}`, labels } },
    spec: { containers: [{ name: 'main', image: 'busybox:1.36', resources: { requests: { cpu } } }] },
  }));
}

const statefulSet = {
  ...{ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'set' } },
  spec: {
    ...{ replicas: 1, serviceName: 'set', selector: { matchLabels: { app: 'set' } } },
    template: {
      metadata: { labels: { app: 'set', [groupLabel]: 'set', 'test.kubejobs.io/fate': 'never' } },
      spec: { containers: [{ name: 'main', image: 'busybox:1.36' }] },
    },
  },
};

function review(namespace: string, resourceAttributes: Record<string, string>): object {
  const user = `system:serviceaccount:${namespace}:kubejobs`;
  return { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user, resourceAttributes } };
}

/** A job that is made, ends and is cleaned up; one whose log is read; one that is cancelled; one that vanishes while nobody looks; one whose pods
 *  nobody may create. */
async function doEverything(cluster: SharedCluster, queue: TestQueue): Promise<void> {
  const ends = await queue.submit({ name: 'ends', namespace: 'default', template: fated('succeed') });
  const cancelled = await queue.submit({ name: 'cancelled', template: fated('never') });
  const vanishes = await queue.submit({ name: 'vanishes', template: fated('never') });
  const { workload } = await queue.jobWhen(vanishes, (job) => job.workload?.uid !== undefined);
  await queue.jobWhen(cancelled, (job) => job.workload?.uid !== undefined);
  await queue.finished(ends);
  await until(
    async () => (await fetch(`${queue.url}/jobs/${vanishes}/logs`)).ok,
    30_000,
    () => 'no log was read',
  );
  await fetch(`${queue.url}/jobs/${cancelled}`, { method: 'DELETE' });
  await queue.finished(cancelled);
  await queue.kill('SIGKILL');
  await cluster.kubectl('delete', 'job', workload?.name ?? '', '-n', queue.namespace);
  await queue.restart();
  expect(await queue.finished(vanishes)).toMatchObject({ reason: 'workload_deleted' });
  await cluster.kubectl('create', 'quota', 'no-pods', '--hard=pods=0', '-n', queue.namespace);
  const podless = await queue.submit({ name: 'podless', template: fated('never') });
  const told = await queue.jobWhen(podless, (job) => job.reason === 'starting' && job.message !== undefined);
  expect(told.message).toContain('exceeded quota: no-pods');
}

/** What the account of this namespace asked for; a watch is noted when it begins. */
function auditOf(cluster: SharedCluster, namespace: string): AuditLine[] {
  const lines = readFileSync(auditLogFile(cluster.directory), 'utf8').split('\n').filter(Boolean);
  const all = lines.map((line) => JSON.parse(line) as AuditLine);
  return all.filter(({ user }) => user.username === `system:serviceaccount:${namespace}:kubejobs`);
}

function usedRight({ verb, objectRef }: AuditLine): string[] {
  if (objectRef === undefined) return []; // whether the server is ready, which everybody may ask
  const { apiGroup = '', resource, subresource } = objectRef;
  return [`${verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ''}`];
}

function grantedRights(rule: { apiGroups: string[]; resources: string[]; verbs: string[] }): string[] {
  return rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) => rule.verbs.map((verb) => `${verb} ${group}/${resource}`)),
  );
}
