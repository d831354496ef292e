// Installing on a cluster as its users do: by `make deploy` and by helm. What both put there is taken by the API server with
// strict validation, the account has just the rights of deploy/rbac, and the server runs with the command line, the
// tokens and the account of its pod. The node is simulated, so the server itself is a process beside the cluster.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildWhenStale } from '../support/built-program.ts';
import { chartFolder, helm, helmAvailability, renderChart, setting } from '../support/helm.ts';
import { installFile, installText } from '../support/manifests.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { type ServerProcess, startServing } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { auditLogFile } from './harness/control-plane-flags.ts';
import { describeCluster, type SharedCluster } from './harness/shared-cluster.ts';
import { type JobDocument, until } from './support/queue.ts';
import { spokenAs } from './support/rights.ts';
import { serviceMonitorCrd } from './support/service-monitor.ts';
import { volumeFor } from './support/volume.ts';

interface PodTemplate {
  spec: { containers: Array<{ image: string; args: string[] }> };
}

const run = promisify(execFile);
const installable = await helmAvailability();
const describeHelm = installable.available ? describe : describe.skip;
const namespaces = ['kubejobs', 'kubejobs-jobs', 'charted', 'charted-jobs'];

beforeAll(async () => {
  if (installable.available) await helm('version'); // compiled now, when it is not there
});

describeHelm('the chart', () => {
  it('passes helm lint', async () => {
    expect(await helm('lint', '--strict', '--quiet', chartFolder)).not.toContain('[WARNING]');
  });

  it('makes install.yaml: after a change run `make manifests`', async () => {
    expect(readRepositoryFile(installFile)).toBe(await installText());
  });

  it.each([
    ['a text for a number', { maxConcurrency: 'ten' }, '/maxConcurrency'],
    ['a number out of range', { service: { port: 70_000 } }, '/service/port'],
    ['a text for a switch', { controllers: { health: 'yes' } }, '/controllers/health'],
    ['a list for a text', { image: { tag: ['0.1.0'] } }, '/image/tag'],
    ['a word that is not allowed', { store: { kind: 'postgres' } }, '/store/kind'],
    [
      'a token where its hash belongs',
      { auth: { tokens: [{ name: 'ci', role: 'submit', sha256: 'kubejobs_x' }] } },
      '/sha256',
    ],
    ['a value that it does not have', { replicas: 3 }, 'replicas'],
    ['an option that kubejobs does not have', { options: { 'max-runs': 1 } }, 'max-runs'],
    ['an option of the wrong type', { options: { 'settle-ms': 'long' } }, '/options/settle-ms'],
    [
      'a mode of the volume that two pods could share',
      { store: { volume: { accessMode: 'ReadWriteMany' } } },
      '/accessMode',
    ],
    ['jobs beside its own tokens', { jobs: { namespace: 'kubejobs' } }, 'could read its tokens'],
    ['webhooks without a secret', { webhooks: { hosts: ['ci.example'] } }, 'webhooks.existingSecret'],
  ])('refuses %s', async (_what, values, named) => {
    await expect(renderChart(values)).rejects.toThrow(named);
  });

  it('makes another token each time', async () => {
    const [first, second] = await Promise.all([renderChart(), renderChart()]);
    const tokens = [first, second].map((text) => /^ {2}token: "(kubejobs_[\w-]{43})"$/m.exec(text)?.[1]);
    expect(new Set(tokens).size).toBe(2);
    expect(tokens).not.toContain(undefined);
  });
});

describeCluster('installing on a cluster', (cluster) => {
  const folder = temporaryFolder();
  const strictly = ['apply', '--server-side', '--validate=strict', '--force-conflicts'];
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    buildWhenStale();
    await cluster.kubectl('wait', '--for=delete', 'namespace/kubejobs', '--timeout=60s'); // another suite's
    await cluster.kubectl.withInput(volumeFor('kubejobs'), 'create', '-f', '-');
  });
  afterAll(async () => {
    await server?.kill('SIGTERM');
    await cluster.kubectl('delete', 'namespace', ...namespaces, '--ignore-not-found');
    await cluster.kubectl(
      'delete',
      'persistentvolume,clusterrole,clusterrolebinding',
      '-l',
      'app.kubernetes.io/name=kubejobs',
    );
    await cluster.kubectl('delete', 'crd', serviceMonitorCrd.metadata.name, '--ignore-not-found');
    folder.remove();
  });

  it('by make deploy takes two runs as well as one, and keeps the tokens of the first', async () => {
    await script(cluster, 'deploy.sh', 'registry.example/kubejobs:first');
    const tokens = await secretOf(cluster, 'kubejobs');
    await script(cluster, 'deploy.sh', 'registry.example/kubejobs:second');
    expect(await secretOf(cluster, 'kubejobs')).toEqual(tokens);
    expect((await podTemplateOf(cluster)).spec.containers[0]?.image).toBe('registry.example/kubejobs:second');
  });

  it('takes install.yaml by strict validation', async () => {
    const answer = await cluster.kubectl(...strictly, '--dry-run=server', '-f', repositoryRoot + installFile);
    expect(answer.trim().split('\n')).toHaveLength(parseAllDocuments(readRepositoryFile(installFile)).length);
  });

  it('gives a pod that the Pod Security level restricted admits and a node takes', async () => {
    const fate = { spec: { template: { metadata: { labels: { 'test.kubejobs.io/fate': 'never' } } } } };
    await cluster.kubectl('patch', 'deployment', 'kubejobs', '-n', 'kubejobs', '--patch', JSON.stringify(fate));
    await cluster.kubectl('rollout', 'status', 'deployment/kubejobs', '-n', 'kubejobs', '--timeout=60s');
    const ours = ['-n', 'kubejobs', '-l', 'test.kubejobs.io/fate=never'];
    expect(await cluster.kubectl('get', 'pods', ...ours, '-o', 'jsonpath={.items[*].status.phase}')).toBe('Running');
  });

  it('lets the server run as in its pod: with its command line, its tokens and the rights of its account alone', async () => {
    const tokens = await secretOf(cluster, 'kubejobs');
    const [tokensFile, kubeconfig] = [join(folder.path, 'tokens.yaml'), join(folder.path, 'kubeconfig')];
    writeFileSync(tokensFile, tokens['tokens.yaml'] ?? '', { mode: 0o600 });
    const credential = await cluster.kubectl('create', 'token', 'kubejobs', '-n', 'kubejobs', '--duration=1h');
    writeFileSync(kubeconfig, JSON.stringify(spokenAs(cluster.kubeconfigPath, credential.trim())), { mode: 0o600 });
    const [, ...args] = (await podTemplateOf(cluster)).spec.containers[0]?.args ?? [];
    const here = [
      '--host=127.0.0.1',
      '--port=0',
      `--auth=tokens:${tokensFile}`,
      `--store=sqlite:${folder.path}/jobs.db`,
    ];
    server = await startServing([...args, ...here, `--kubeconfig=${kubeconfig}`]);
    const { url } = server;

    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await ask(`${url}/metrics`, tokens['metrics-token'])).status).toBe(200);
    const body = { name: 'installed', results: true, template: fateful };
    expect((await ask(`${url}/jobs`, tokens['metrics-token'], body)).status).toBe(403);
    const submitted = await ask(`${url}/jobs`, tokens.token, body);
    expect(submitted.status).toBe(201);
    const { job_id: jobId } = (await submitted.json()) as JobDocument;
    const finished = (await (await ask(`${url}/jobs/${jobId}/wait`, tokens.token)).json()) as JobDocument;
    expect(finished).toMatchObject({ state: 'succeeded', workload: { namespace: 'kubejobs-jobs' } });
    const log = await ask(`${url}/jobs/${jobId}/logs`, tokens.token);
    expect({ status: log.status, lines: (await log.text()).split('\n').length }).toEqual({ status: 200, lines: 4 });
    const saved = `${url}/results/kubejobs-jobs/${finished.workload?.name}`;
    await until(async () => (await ask(saved, tokens.token)).ok, 30_000);

    const asked = auditOf(cluster, 'system:serviceaccount:kubejobs:kubejobs');
    expect(asked.filter(({ verb, status }) => verb === 'create' && status === 201).length).toBeGreaterThan(0);
    expect(asked.filter(({ status }) => status === 403)).toEqual([]);
  });

  it('is undone by make undeploy, but for the volume, the tokens and the namespaces', async () => {
    await script(cluster, 'undeploy.sh');
    const left = await cluster.kubectl('get', 'deploy,pvc,secret,role,service,sa', '-n', 'kubejobs', '-o', 'name');
    expect(
      left
        .split('\n')
        .filter((name) => name.includes('kubejobs'))
        .sort(),
    ).toEqual(['persistentvolumeclaim/kubejobs', 'secret/kubejobs-tokens']);
    expect(await cluster.kubectl('get', 'role,rolebinding', '-n', 'kubejobs-jobs', '-o', 'name')).toBe('');
    expect(await cluster.kubectl('get', 'clusterrole', '-l', 'app.kubernetes.io/name=kubejobs', '-o', 'name')).toBe('');
  });

  (installable.available ? describe : describe.skip)('by helm', () => {
    const onCluster = ['--kubeconfig', cluster.kubeconfigPath, '-n', 'charted'];

    it.each([
      ['nothing set', {}],
      ['everything switched on', everything],
      ['any namespace for jobs, and a store in memory', { jobs: { namespaces: ['*'] }, store: { kind: 'memory' } }],
      ['nobody asked who they are, and no controllers', bare],
    ])('makes what the API server takes by strict validation: %s', async (_what, values) => {
      if (!(await cluster.kubectl('get', 'crds', '-o', 'name')).includes('servicemonitors'))
        await cluster.kubectl.withInput(serviceMonitorCrd, 'create', '-f', '-');
      await cluster.kubectl('wait', '--for=condition=Established', `crd/${serviceMonitorCrd.metadata.name}`);
      const items = parseAllDocuments(await renderChart(values)).map((one) => one.toJS() as object | null);
      const list = { apiVersion: 'v1', kind: 'List', items: items.filter((item) => item !== null) };
      const answer = await cluster.kubectl.withInput(list, ...strictly, '--dry-run=server', '-f', '-');
      expect(answer.trim().split('\n')).toHaveLength(list.items.length);
    });

    it('shows no token, keeps them when it is upgraded, and the volume when it goes', async () => {
      const notes = await helm('install', 'kubejobs', chartFolder, ...onCluster, '--create-namespace');
      const { token } = await secretOf(cluster, 'charted');
      expect(token).toMatch(/^kubejobs_[\w-]{43}$/);
      expect(notes).toContain('get secret kubejobs-tokens');
      expect(notes).not.toContain(token);
      await helm('upgrade', 'kubejobs', chartFolder, ...onCluster, ...setting({ maxConcurrency: 7 }));
      expect((await secretOf(cluster, 'charted')).token).toBe(token);
      expect((await podTemplateOf(cluster, 'charted')).spec.containers[0]?.args).toContain('--max-concurrency=7');
      await helm('uninstall', 'kubejobs', ...onCluster);
      const left = await cluster.kubectl('get', 'deploy,pvc,secret', '-n', 'charted', '-o', 'name');
      expect(left.trim()).toBe('persistentvolumeclaim/kubejobs');
    });
  });
});

/** Runs on a simulated node and does nothing there. */
const fateful = {
  backoffLimit: 0,
  template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.36' }] } },
};

const everything = {
  jobs: { namespaces: ['default'], podSecurity: 'restricted' },
  policy: { image_prefixes: ['registry.example/team/'] },
  jobTemplate: fateful,
  pytorchjobs: true,
  resultsTtl: '30d',
  maxConcurrency: 20,
  options: { 'settle-ms': 0, 'gang-deadlock-resolve': true, 'job-ttl': '30m' },
  auth: { tokens: [{ name: 'ci', role: 'submit', sha256: 'a'.repeat(64), expires_at: '2099-01-31T00:00:00Z' }] },
  store: { volume: { storageClass: 'fast', annotations: { 'example.com/backup': 'yes' } } },
  webhooks: { hosts: ['*.ci.example:8443'], existingSecret: 'hooks' },
  service: { annotations: { 'example.com/a': 'b' } },
  metrics: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  networkPolicy: {
    from: [{ namespaceSelector: {} }],
    egress: [{ ports: [{ port: 443 }, { port: 53, protocol: 'UDP' }] }],
  },
  podDisruptionBudget: { enabled: true },
  podAnnotations: { 'example.com/a': 'b' },
  podLabels: { team: 'a' },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'a', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'system-cluster-critical',
};

const bare = {
  auth: { mode: 'none' },
  controllers: { health: false, podgroup: false, results: false, jobset: false },
  networkPolicy: { enabled: false },
};

async function script(cluster: SharedCluster, name: string, ...words: string[]): Promise<void> {
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfigPath, KUBECTL: cluster.kubectlPath };
  await run(`${repositoryRoot}deploy/${name}`, words, { env });
}

async function secretOf(cluster: SharedCluster, namespace: string): Promise<Record<string, string>> {
  const text = await cluster.kubectl('get', 'secret', 'kubejobs-tokens', '-n', namespace, '-o', 'json');
  const { data } = JSON.parse(text) as { data: Record<string, string> };
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

async function podTemplateOf(cluster: SharedCluster, namespace = 'kubejobs'): Promise<PodTemplate> {
  const text = await cluster.kubectl('get', 'deployment', 'kubejobs', '-n', namespace, '-o', 'json');
  return (JSON.parse(text) as { spec: { template: PodTemplate } }).spec.template;
}

function ask(url: string, token: string | undefined, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(url, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
}

function auditOf(cluster: SharedCluster, user: string): Array<{ verb: string; resource: string; status: number }> {
  const lines = readFileSync(auditLogFile(cluster.directory), 'utf8').split('\n').filter(Boolean);
  return lines
    .map(
      (line) =>
        JSON.parse(line) as {
          user: { username: string };
          verb: string;
          objectRef?: { resource: string };
          responseStatus: { code: number };
        },
    )
    .filter((line) => line.user.username === user)
    .map(({ verb, objectRef, responseStatus }) => ({
      verb,
      resource: objectRef?.resource ?? '',
      status: responseStatus.code,
    }));
}
