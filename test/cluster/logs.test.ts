/**
 * Logs of jobs, read through the API server from real containers: from before their pods are there to their end, through
 * rotation of the log files and through connections that break.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { defaultLogLines } from './harness/kwok.ts';
import { describeCluster, describeRealNode, type SharedCluster } from './harness/shared-cluster.ts';
import { type ClusterAccess, fated, TestQueue } from './support/queue.ts';
import { type TcpProxy, tcpProxy } from './support/tcp-proxy.ts';

/** A job on the real node that runs this shell script. */
function script(name: string, text: string, sidecar?: string): object {
  const container = (of: string, command: string): object => ({
    ...{ name: of, image: 'busybox:1.36', imagePullPolicy: 'Never', command: ['sh', '-c', command] },
  });
  const containers = [container('main', text), ...(sidecar === undefined ? [] : [container('other', sidecar)])];
  const spec = {
    restartPolicy: 'Never',
    nodeSelector: { 'kubernetes.io/hostname': 'localhost' },
    tolerations: [{ key: 'kubejobs.io/real', operator: 'Exists' }],
    containers,
  };
  return { name, template: { backoffLimit: 0, template: { spec } } };
}

/** `count` numbered lines of some ninety bytes each, `perTick` of them every tenth of a second. */
function numbers(count: number, perTick: number): string {
  const pad = 'x'.repeat(80);
  return `i=0; while [ $i -lt ${count} ]; do seq $((i+1)) $((i+${perTick})) | sed "s/$/ ${pad}/"; i=$((i+${perTick})); sleep 0.1; done`;
}

function numbersIn(text: string): number[] {
  return text.split('\n').flatMap((line) => (/^\d+ x/.test(line) ? [Number.parseInt(line, 10)] : []));
}

async function startQueue(cluster: ClusterAccess, ...flags: string[]): Promise<TestQueue> {
  const queue = await TestQueue.start(cluster, '--settle-ms', '0', ...flags);
  onTestFinished(() => queue.stop());
  return queue;
}

async function logOf(queue: TestQueue, jobId: string, query = ''): Promise<string> {
  return (await fetch(`${queue.url}/jobs/${jobId}/logs${query}`)).text();
}

/** The same cluster, but every connection of kubejobs to it can be cut. */
async function proxied(cluster: SharedCluster): Promise<{ access: ClusterAccess; proxy: TcpProxy }> {
  const config = parse(readFileSync(cluster.kubeconfigPath, 'utf8')) as { clusters: [{ cluster: { server: string } }] };
  const entry = config.clusters[0].cluster;
  const proxy = await tcpProxy(Number(new URL(entry.server).port));
  entry.server = `https://127.0.0.1:${proxy.port}`;
  const folder = temporaryFolder();
  const kubeconfigPath = join(folder.path, 'kubeconfig');
  writeFileSync(kubeconfigPath, JSON.stringify(config), { mode: 0o600 });
  onTestFinished(async () => {
    await proxy.close();
    folder.remove();
  });
  return { access: { kubeconfigPath, kubectl: cluster.kubectl }, proxy };
}

describeCluster('the log of a job whose node keeps streams open', (cluster) => {
  it('is followed to the end of the attempt all the same', async () => {
    const queue = await startQueue(cluster);
    const job = await queue.submit({ name: 'simulated', template: fated('succeed') });
    expect(await logOf(queue, job, '?follow=true')).toContain(defaultLogLines.join('\n'));
  });
});

describeRealNode('the log of a job on the real node', (cluster) => {
  it('is followed from before there is a pod to its end, and read again until the pods go', async () => {
    const queue = await startQueue(cluster, '--max-concurrency', '1');
    const before = await queue.submit(script('before', 'sleep 2'));
    const job = await queue.submit(script('both', 'echo one; echo two; sleep 1; echo three; exit 3', 'echo aside >&2'));
    const followed = await logOf(queue, job, '?follow=true');
    expect(followed).toContain('[kubejobs] waiting: the job is pending (waiting_for_slot)\n');
    for (const [container, line] of Object.entries({ main: 'three', other: 'aside' })) {
      expect(followed).toMatch(new RegExp(`^\\[both-[^ ]+/${container}\\] ${line}$`, 'm'));
    }
    expect(await queue.jobWhen(job, ({ state }) => state === 'failed')).toMatchObject({ exit_code: 3 });
    expect(await logOf(queue, job, '?container=main&tail=2')).toBe('two\nthree\n');
    expect(await logOf(queue, job, '?container=main&tail=1&timestamps=true')).toMatch(/^20\d\d-.*Z three\n$/);
    expect(JSON.parse(await logOf(queue, job, '?attempt=2'))).toMatchObject({ code: 'log_not_found' });
    expect(JSON.parse(await logOf(queue, job, '?container=none'))).toMatchObject({ code: 'log_not_found' });
    expect(await logOf(queue, before)).toBe('');
  });

  it('loses and repeats no line when its files are rotated', async () => {
    const queue = await startQueue(cluster);
    const job = await queue.submit(script('rotated', numbers(40_000, 250)));
    const read = numbersIn(await logOf(queue, job, '?follow=true'));
    expect(read).toEqual(Array.from({ length: 40_000 }, (_, index) => index + 1));
    const left = numbersIn(await logOf(queue, job));
    expect(left.length, 'the files were rotated').toBeLessThan(40_000);
  });

  it('loses and repeats no line when connections break', async () => {
    const { access, proxy } = await proxied(cluster);
    const queue = await startQueue(access);
    const job = await queue.submit(script('cut', numbers(8_000, 100)));
    const response = await fetch(`${queue.url}/jobs/${job}/logs?follow=true`);
    let text = '';
    let cuts = 0;
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (cuts < 3 && numbersIn(text.slice(-2_000)).some((number) => number > (cuts + 1) * 1_500)) {
        cuts += 1;
        proxy.cut();
      }
    }
    expect(cuts).toBe(3);
    expect(numbersIn(text)).toEqual(Array.from({ length: 8_000 }, (_, index) => index + 1));
  });
});
