// The client and the informer against a real API server: what they see, and how they come back after it was away, after
// a connection was cut or went silent, and after the versions they knew were gone.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../internal/platform/clock.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { systemRandom } from '../../internal/platform/random.ts';
import { type Connected, connect } from '../../pkg/kubernetes/client/index.ts';
import type { Cluster, KubernetesObject, Resource, WatchEvent, WatchOptions } from '../../pkg/kubernetes/cluster.ts';
import { createInformer, type InformerTiming } from '../../pkg/kubernetes/informer.ts';
import { writeKubeconfig } from '../support/kubeconfig.ts';
import { recordingLogger } from '../support/recorders.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeOwnCluster } from './harness/own-cluster.ts';
import { describeCluster, type SharedCluster } from './harness/shared-cluster.ts';
import { waitFor } from './harness/wait.ts';
import { type TcpProxy, tcpProxy } from './support/tcp-proxy.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };
const shared = { clock: systemClock(), random: systemRandom(), metrics: silentMetrics };
const namespace = 'default';

function configMap(name: string, color: string, suite: string): KubernetesObject {
  const metadata = { name, namespace, labels: { suite } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { color } } as KubernetesObject;
}

const open = (kubeconfig: string): Promise<Connected> =>
  connect({ kubeconfig, version: 'test', logger: recordingLogger(), ...shared });

/** An informer of the ConfigMaps of one suite; `news` has every change as a line. */
function informerOf(cluster: Cluster, suite: string, timing: Partial<InformerTiming> = {}) {
  const news: string[] = [];
  const informer = createInformer<string>({
    ...{ cluster, resource: configMaps, namespace, labelSelector: `suite=${suite}`, logger: recordingLogger() },
    ...{ ...shared, timing },
    project: (object) => (object as unknown as { data: { color: string } }).data.color,
    handlers: {
      onChange: (key, previous, next) => void news.push(`${key}: ${previous ?? '-'} → ${next ?? '-'}`),
    },
  });
  const comes = (...lines: string[]): Promise<unknown> =>
    waitFor(lines.join(', '), async () => lines.every((line) => news.includes(line)) || undefined, {
      timeoutMs: 60_000,
    });
  return { informer, news, comes };
}

async function made(cluster: Cluster, object: KubernetesObject): Promise<KubernetesObject> {
  const result = await cluster.create(configMaps, object);
  if (result.outcome !== 'ok') throw new Error(JSON.stringify(result));
  return result.value;
}

async function eventsOf(cluster: Cluster, options: Omit<WatchOptions, 'signal'>): Promise<WatchEvent[]> {
  const { signal } = new AbortController();
  const events: WatchEvent[] = [];
  for await (const event of cluster.watch(configMaps, { namespace, signal, ...options })) events.push(event);
  return events;
}

const removed = (cluster: Cluster, name: string) =>
  cluster.delete(configMaps, namespace, name, { propagation: 'background' });

describeCluster('an informer on a real API server', (access) => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = (await open(access.kubeconfigPath)).cluster;
  });
  afterAll(() => cluster.close());

  it('lists in pages and then follows additions, changes and deletions, each told once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `follow-${letter}`);
    for (const name of names) await made(cluster, configMap(name, 'red', 'follow'));
    const { informer, news, comes } = informerOf(cluster, 'follow', { pageSize: 2 });
    informer.start();
    await comes(...names.map((name) => `default/${name}: - → red`));
    const patch = JSON.stringify({ data: { color: 'blue' } });
    await access.kubectl('patch', 'configmap', 'follow-a', '-n', namespace, '--type', 'merge', '-p', patch);
    await comes('default/follow-a: red → blue');
    for (const name of names) await removed(cluster, name);
    await comes(...names.map((name) => `default/${name}: ${name === 'follow-a' ? 'blue' : 'red'} → -`));
    expect(news).toHaveLength(11);
    expect(informer.size).toBe(0);
    await informer.stop();
  });

  it('learns from a bookmark how far it is, though nothing of its own happens', async () => {
    const listed = await cluster.list(configMaps, { namespace, labelSelector: 'suite=nothing' });
    const resourceVersion = listed.outcome === 'ok' ? listed.value.resourceVersion : '';
    const events = eventsOf(cluster, { labelSelector: 'suite=nothing', resourceVersion, timeoutSeconds: 10 });
    await made(cluster, configMap('elsewhere', 'red', 'something'));
    await removed(cluster, 'elsewhere');
    expect((await events).map(({ type }) => type)).toContain('BOOKMARK');
  });

  it('is told by a conflict that another object has the name now', async () => {
    await made(cluster, configMap('reused', 'red', 'reused'));
    const result = await cluster.delete(configMaps, namespace, 'reused', { propagation: 'background', uid: 'other' });
    expect(result).toMatchObject({ outcome: 'refused', status: 409, reason: 'Conflict' });
    await removed(cluster, 'reused');
  });

  it('is told by a conflict that an object has changed since it was read', async () => {
    const { resourceVersion = '' } = (await made(cluster, configMap('changed', 'red', 'changed'))).metadata;
    const patch = { metadata: { annotations: { changed: 'yes' } } };
    expect(await cluster.patch(configMaps, namespace, 'changed', patch)).toMatchObject({ outcome: 'ok' });
    const deletion = { propagation: 'background', resourceVersion } as const;
    expect(await cluster.delete(configMaps, namespace, 'changed', deletion)).toMatchObject({
      ...{ outcome: 'refused', status: 409, reason: 'Conflict' },
    });
    await removed(cluster, 'changed');
  });
});

describeCluster('an informer behind a connection that fails', (access) => {
  let direct: Cluster;
  let proxied: Connected;
  let proxy: TcpProxy;
  const folder = temporaryFolder();
  beforeAll(async () => {
    direct = (await open(access.kubeconfigPath)).cluster;
    proxy = await tcpProxy(Number(new URL(access.server).port));
    proxied = await open(kubeconfigThrough(access, proxy, folder.path));
  });
  afterAll(async () => {
    await Promise.all([direct.close(), proxied.cluster.close()]);
    await proxy.close();
    folder.remove();
  });

  it('misses nothing when its watch is cut again and again', async () => {
    const { informer, news } = informerOf(proxied.cluster, 'cut');
    informer.start();
    for (let round = 0; round < 5; round += 1) {
      await made(direct, configMap(`cut-${round}`, 'red', 'cut'));
      proxy.cut();
      await removed(direct, `cut-${round}`);
      await made(direct, configMap(`cut-${round}`, 'blue', 'cut'));
    }
    const names = [0, 1, 2, 3, 4].map((round) => `default/cut-${round}`);
    await waitFor('all are blue', async () => names.every((name) => informer.get(name) === 'blue') || undefined, {
      timeoutMs: 60_000,
    });
    expect(new Set(news).size).toBe(news.length);
    await informer.stop();
    for (let round = 0; round < 5; round += 1) await removed(direct, `cut-${round}`);
  });

  it('notices that its connections have gone silent and sees what happened meanwhile', async () => {
    const { informer, comes } = informerOf(proxied.cluster, 'silent', { silenceMs: 2_000 });
    informer.start();
    await made(direct, configMap('silent-a', 'red', 'silent'));
    await comes('default/silent-a: - → red');
    proxy.freeze();
    await removed(direct, 'silent-a');
    await comes('default/silent-a: red → -');
    await informer.stop();
  });
});

describeOwnCluster('an API server that goes away and comes back', { kwokNodes: 1 }, (own) => {
  it('is followed again, with everything that happened since, and says 410 for versions from before', async () => {
    const { cluster } = await open(own().kubeconfigPath);
    const { informer, news, comes } = informerOf(cluster, 'outage');
    await made(cluster, configMap('outage-a', 'red', 'outage'));
    informer.start();
    await comes('default/outage-a: - → red');
    await own().stopApiServer('SIGKILL');
    expect(await cluster.ping()).toMatchObject({ outcome: 'unknown' });
    await own().startApiServer();
    await removed(cluster, 'outage-a');
    await made(cluster, configMap('outage-b', 'blue', 'outage'));
    await comes('default/outage-a: red → -', 'default/outage-b: - → blue');
    expect(news).toHaveLength(3);
    await informer.stop();
    expect(await eventsOf(cluster, { resourceVersion: '1' })).toMatchObject([{ type: 'ERROR', code: 410 }]);
    await cluster.close();
  });
});

function kubeconfigThrough(access: SharedCluster, proxy: TcpProxy, folder: string): string {
  const authority = readFileSync(access.caPath).toString('base64');
  return writeKubeconfig(folder, {
    server: `https://127.0.0.1:${proxy.port}`,
    cluster: { 'certificate-authority-data': authority },
    user: { token: access.token },
  });
}
