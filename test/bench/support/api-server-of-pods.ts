// An API server for benchmarks that has Jobs and pods and nothing else: it lists them in pages, and sends changes into the
// watches. Only as much of one as list and watch need.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PodServer {
  url: string;
  /** Sends the pod of this number, in this phase, to every watch of all pods. */
  change(pod: number, phase: 'Running' | 'Failed'): void;
  stop(): void;
}

export async function podServer(pods: number, podsPerJob: number): Promise<PodServer> {
  const jobs = Math.ceil(pods / podsPerJob);
  const watches = new Set<ServerResponse>();
  let version = 1_000_000;
  const pod = (index: number): object => aPod(index, podsPerJob, 'Running', index + 1);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [kind] = /(pods|jobs)$/.exec(url.pathname) ?? [];
    const isEverything = !url.searchParams.has('labelSelector');
    if (url.pathname === '/readyz') response.end('ok');
    else if (kind === undefined || url.pathname.includes('kubeflow')) response.writeHead(404).end('404 page not found');
    else if (url.searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      if (kind === 'pods' && isEverything) watches.add(response);
    } else if (isEverything) list(response, url, kind === 'pods' ? pods : jobs, kind === 'pods' ? pod : aJob);
    else list(response, url, 0, pod);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    change(index, phase) {
      version += 1;
      const line = `${JSON.stringify({ type: 'MODIFIED', object: aPod(index, podsPerJob, phase, version) })}\n`;
      for (const watch of watches) watch.write(line);
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function list(response: ServerResponse, url: URL, count: number, item: (index: number) => object): void {
  const from = Number(url.searchParams.get('continue') ?? 0);
  const to = Math.min(count, from + Number(url.searchParams.get('limit') ?? count));
  const items = Array.from({ length: to - from }, (_, index) => item(from + index));
  const metadata = { resourceVersion: '1000000', ...(to < count && { continue: String(to) }) };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ metadata, items }));
}

function aJob(index: number): object {
  const metadata = { name: `job-${index}`, namespace: 'default', uid: jobUid(index), resourceVersion: '1' };
  return { metadata, spec: {}, status: { ready: 1 } };
}

/** Of the size that pods have, with all that a kubelet and a scheduler write. */
function aPod(index: number, podsPerJob: number, phase: string, version: number): object {
  const job = Math.floor(index / podsPerJob);
  const terminated = {
    exitCode: 1,
    reason: 'Error',
    startedAt: '2026-11-01T00:00:00Z',
    finishedAt: '2026-11-01T00:00:09Z',
  };
  const state = phase === 'Running' ? { running: { startedAt: '2026-11-01T00:00:00Z' } } : { terminated };
  const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
    (type) => ({
      ...{ type, status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-01T00:00:00Z' },
    }),
  );
  const env = Array.from({ length: 20 }, (_, number) => ({ name: `VARIABLE_${number}`, value: `value-${number}` }));
  const ownerReferences = [
    { apiVersion: 'batch/v1', kind: 'Job', name: `job-${job}`, uid: jobUid(job), controller: true },
  ];
  const metadata = { name: `job-${job}-pod-${index}`, namespace: 'default', uid: `pod-uid-${index}`, ownerReferences };
  return {
    metadata: { ...metadata, resourceVersion: String(version), labels: { 'job-name': `job-${job}` } },
    spec: { nodeName: `node-${index % 100}`, containers: [{ name: 'main', image: 'busybox:1.36', env }] },
    status: { phase, conditions, containerStatuses: [{ name: 'main', state, ready: true, restartCount: 0 }] },
  };
}

function jobUid(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}
