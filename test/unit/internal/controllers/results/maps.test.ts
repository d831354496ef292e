// What is collected of a Job's pods, the ConfigMaps made from it, and the way back from them to the same bytes.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../../internal/controllers/results/collect.ts';
import { keepEarlier, writeResult } from '../../../../../internal/controllers/results/place.ts';
import type { ResultJob } from '../../../../../internal/controllers/results/records.ts';
import {
  encodedBytes,
  longestEncodedBytes,
  type ResultInput,
  resultMaps,
} from '../../../../../internal/controllers/results/result-maps.ts';
import { savedOutcome } from '../../../../../internal/controllers/results/saved-outcome.ts';
import { silentLogger } from '../../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { type Cluster, configMapsResource, type KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../../../pkg/kubernetes/log-source.ts';
import { keptName, partName, resultName } from '../../../../../pkg/kubernetes/results/marks.ts';
import { findResult, readLog } from '../../../../../pkg/kubernetes/results/saved-result.ts';
import { simulatedWorld } from '../../../../support/simulated-world.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

const job: ResultJob & Pick<ResultInput['job'], 'end'> = {
  ...{ namespace: 'default', name: 'job', uid: '11111111-2', suspended: false, deleted: false, done: false },
  end: { status: 'failed', at: '2030-01-01T00:00:00Z' },
};

const inputOf = (text: Buffer, parts: Partial<ResultInput> = {}): ResultInput => ({
  ...{ job, pods: [], omittedPods: 0, text: [text], own: {} },
  ...parts,
});

const sizeOf = (map: KubernetesObject): number => Buffer.byteLength(JSON.stringify(map));

describe('the ConfigMaps of a result', () => {
  it.each([
    ['a small text', Buffer.from('lines\n'), 1, 'logs'],
    ['900 KiB that compress well', Buffer.alloc(1_000_000, 'a\n'), 1, 'logs.gz'],
    ['200 KiB of control characters, which grow sixfold', Buffer.alloc(200_000, 1), 1, 'logs.gz'],
    ['three MiB of noise', randomBytes(3 * 1_048_576), 6, undefined],
  ])('hold %s, each within its limit, and give back every byte', async (_name, text, count, key) => {
    const { cluster } = simulatedWorld();
    const expected = Buffer.from(text);
    const maps = await resultMaps(inputOf(text));
    expect(maps).toHaveLength(count);
    for (const make of maps) expect(sizeOf(make())).toBeLessThanOrEqual(longestEncodedBytes);
    const main = maps.at(-1)?.();
    if (key) expect(Object.keys({ ...main?.data, ...main?.binaryData })).toContain(key);
    expect(await writeResult(cluster, job, maps)).toEqual({ outcome: 'ok', value: { of: 'this_job' } });
    const found = await findResult(cluster, 'default', 'job');
    if (found.outcome !== 'ok' || !found.value) throw new Error('it is not there');
    const log = await readLog(cluster, found.value);
    expect(log.outcome === 'ok' && log.value.text.equals(expected)).toBe(true);
  });

  it('of an earlier Job move with all their parts, and say so when one is missing', async () => {
    const { cluster } = simulatedWorld();
    const text = randomBytes(1_500_000);
    const maps = await resultMaps(inputOf(Buffer.from(text)));
    await writeResult(cluster, job, maps);
    const next = { ...job, uid: '22222222-2' };
    expect(await keepEarlier(cluster, next, job.uid)).toEqual({ outcome: 'ok', value: { of: 'nobody' } });
    const found = await findResult(cluster, 'default', 'job', job.uid);
    if (found.outcome !== 'ok' || !found.value) throw new Error('it is lost');
    expect(found.value.main.metadata.name).toBe('job-results-11111111');
    const log = await readLog(cluster, found.value);
    expect(log.outcome === 'ok' && log.value.text.equals(text)).toBe(true);
    await cluster.delete(
      { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
      'default',
      'job-results-11111111-2',
      {
        propagation: 'background',
      },
    );
    expect(await readLog(cluster, found.value)).toMatchObject({
      value: { problem: `the saved log cannot be read: part 2 of ${maps.length - 1} is not there` },
    });
  });

  it('of an earlier Job can be read whole at any moment of their move', async () => {
    const { cluster } = simulatedWorld();
    const text = randomBytes(1_500_000);
    await writeResult(cluster, job, await resultMaps(inputOf(Buffer.from(text))));
    let looks = 0;
    const watched = {
      create: cluster.create.bind(cluster),
      get: cluster.get.bind(cluster),
      delete: async (...args: Parameters<typeof cluster.delete>) => {
        const answer = await cluster.delete(...args);
        expect(text.equals(await textOf(cluster, job.uid))).toBe(true);
        looks += 1;
        return answer;
      },
    };
    await keepEarlier(watched, { ...job, uid: '22222222-2' }, job.uid);
    expect(looks).toBeGreaterThan(2);
  });

  it('stay as they are when another program writes the same result late, or another text of it', async () => {
    const { cluster } = simulatedWorld();
    const text = randomBytes(1_500_000);
    const mapsOf = (bytes: Buffer) => resultMaps(inputOf(Buffer.from(bytes)));
    await writeResult(cluster, job, (await mapsOf(text)).slice(0, -1));
    const deleted: string[] = [];
    const watched = {
      create: cluster.create.bind(cluster),
      get: cluster.get.bind(cluster),
      delete: (...args: Parameters<typeof cluster.delete>) => {
        deleted.push(args[2]);
        return cluster.delete(...args);
      },
    };
    const done = { outcome: 'ok', value: { of: 'this_job' } };
    expect(await writeResult(watched, job, await mapsOf(text))).toEqual(done);
    expect(await writeResult(watched, job, await mapsOf(randomBytes(1_500_000)))).toEqual(done);
    expect(deleted).toEqual([]);
    expect(text.equals(await textOf(cluster, job.uid))).toBe(true);
  });

  it('of an earlier Job that were left behind are taken away before the next result', async () => {
    const { cluster } = simulatedWorld();
    await writeResult(cluster, { ...job }, (await resultMaps(inputOf(randomBytes(1_500_000)))).slice(0, -1));
    const next = { ...job, uid: '22222222-2' };
    await writeResult(cluster, next, await resultMaps(inputOf(Buffer.from('x'), { job: next })));
    const page = await cluster.list(configMapsResource, { namespace: 'default' });
    const names = page.outcome === 'ok' && page.value.items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(['job-results']);
  });

  it('that were never finished are written over', async () => {
    const { cluster } = simulatedWorld();
    await writeResult(cluster, job, (await resultMaps(inputOf(randomBytes(1_500_000)))).slice(0, -1));
    const text = randomBytes(1_500_000);
    await writeResult(cluster, job, await resultMaps(inputOf(Buffer.from(text))));
    expect(text.equals(await textOf(cluster, job.uid))).toBe(true);
  });

  it('tell how an attempt ended whose Job is gone, and only that attempt', async () => {
    const { cluster } = simulatedWorld();
    const own = { 'job-id': 'id', attempt: '2', 'exit-code': '137', reason: 'oom_killed', message: 'too much' };
    await writeResult(cluster, job, await resultMaps(inputOf(Buffer.from('x'), { own })));
    const reference = { kind: 'Job', namespace: 'default', name: 'job', uid: job.uid } as const;
    expect(await savedOutcome(cluster, true, reference, 'id', 2)).toEqual({
      outcome: 'ok',
      value: { phase: 'failed', reason: 'oom_killed', exitCode: 137, message: 'too much' },
    });
    const none = { outcome: 'ok', value: undefined };
    expect(await savedOutcome(cluster, true, reference, 'id', 1)).toEqual(none);
    expect(await savedOutcome(cluster, true, reference, 'other', 2)).toEqual(none);
    expect(await savedOutcome(cluster, true, { ...reference, uid: 'another' }, 'id', 2)).toEqual(none);
  });

  it('are not called absent when the store does not say whether there are any', async () => {
    const cluster = { get: () => Promise.reject(new Error('nobody asks')) };
    const reference = { kind: 'Job', namespace: 'default', name: 'job', uid: job.uid } as const;
    expect(await savedOutcome(cluster, 'unreadable', reference, 'id', 2)).toMatchObject({ outcome: 'unknown' });
    expect(await savedOutcome(cluster, false, reference, 'id', 2)).toEqual({ outcome: 'ok', value: undefined });
  });

  it('leave pods out that do not fit, and say how many', async () => {
    const pods = Array.from({ length: 2_000 }, (_, index) => ({
      name: `pod-${index}`,
      phase: 'x'.repeat(900),
      containers: [],
    }));
    const [make] = await resultMaps(inputOf(Buffer.from('x'), { pods, omittedPods: 5 }));
    const map = make?.();
    const kept = (JSON.parse(map?.data?.pods ?? '') as object[]).length;
    expect(kept).toBeGreaterThan(100);
    expect(map?.data?.['pods-omitted']).toBe(String(2_005 - kept));
  });

  it('leave the log as it is as long as it fits beside the pods', async () => {
    const pods = Array.from({ length: 9_000 }, (_, index) => ({ name: `p${index}`, phase: 'x', containers: [] }));
    const [make, ...more] = await resultMaps(inputOf(Buffer.alloc(670_000, 'x'), { pods }));
    expect(more).toEqual([]);
    const map = make?.();
    expect(map?.data?.logs).toHaveLength(670_000);
    expect(sizeOf(map as KubernetesObject)).toBeLessThanOrEqual(longestEncodedBytes);
  });

  it('count what JSON makes of a text', () => {
    expect(encodedBytes([Buffer.from('a"\\\n\u0001<é')], 100)).toBe(1 + 2 + 2 + 2 + 6 + 6 + 2);
    expect(encodedBytes([Buffer.from([0xff, 0xc3])], 100)).toBe(6);
  });

  it('have names that fit, and that no two Jobs share', () => {
    expect(resultName('job')).toBe('job-results');
    expect(partName(resultName('job'), 3)).toBe('job-results-3');
    const long = resultName('x'.repeat(253));
    expect(long).toHaveLength(253);
    expect(resultName(`${'x'.repeat(252)}y`)).not.toBe(long);
    expect(partName(long, 12)).toHaveLength(253);
    expect(keptName('x'.repeat(253), '12345678-9')).toMatch(/-results-12345678$/);
  });
});

describe('what is collected of a Job', () => {
  it('is a section for each pod, with its containers in order, and a sentence where a log is missing', async () => {
    const { text, pods } = await collected([podOf('b'), podOf('a')], (pod) => (pod === 'a' ? undefined : 'said b'));
    expect(text).toBe(
      [
        '=== Pod: a ===',
        'Phase: Succeeded',
        'Container: init, State: Terminated (Completed, exit code: 0), Ready: false, RestartCount: 0, Image: i:1',
        '[kubejobs] the log cannot be read to its end: pods "a" not found',
        'Container: main, State: Terminated (OOMKilled, exit code: 137), Ready: false, RestartCount: 2, Image: i:2',
        '[kubejobs] the log cannot be read to its end: pods "a" not found',
        'Container: other, State: Waiting (ImagePullBackOff), Ready: false, RestartCount: 0, Image: ',
        '',
        '=== Pod: b ===',
        'Phase: Succeeded',
        'Container: init, State: Terminated (Completed, exit code: 0), Ready: false, RestartCount: 0, Image: i:1',
        'said b',
        'Container: main, State: Terminated (OOMKilled, exit code: 137), Ready: false, RestartCount: 2, Image: i:2',
        'said b',
        'Container: other, State: Waiting (ImagePullBackOff), Ready: false, RestartCount: 0, Image: ',
        '',
      ].join('\n'),
    );
    expect(pods[1]?.containers[1]).toMatchObject({ exitCode: 137, lastState: { exitCode: 1 }, log: { bytes: 7 } });
  });

  it('leaves the log lines out when only the status is wanted', async () => {
    const { text } = await collected([podOf('a')], () => 'said', 'status');
    expect(text).not.toContain('said');
    expect(text).toContain('Container: main, State: Terminated (OOMKilled');
  });

  it('takes pods of nonsense as they come, and none of an earlier Job', async () => {
    const odd = [
      { metadata: { name: 'no-status', namespace: 'default' } },
      {
        metadata: { name: 'odd', namespace: 'default' },
        spec: 5,
        status: { containerStatuses: [null, { name: 7 }, 'x'] },
      },
      { metadata: { name: 'old', namespace: 'default', ownerReferences: [{ controller: true, uid: 'another' }] } },
      {
        metadata: { name: 'orphan', namespace: 'default', labels: { 'batch.kubernetes.io/controller-uid': 'another' } },
      },
      { metadata: { name: 'old-orphan', namespace: 'default', labels: { 'controller-uid': 'another' } } },
      { metadata: { name: 'our-orphan', namespace: 'default', labels: { 'controller-uid': job.uid } } },
      { metadata: { name: 'owners', namespace: 'default', ownerReferences: 'nobody' } },
    ] as unknown as KubernetesObject[];
    const { text, pods } = await collected(odd, () => 'said');
    expect(pods.map(({ name }) => name)).toEqual(['no-status', 'odd', 'our-orphan', 'owners']);
    expect(text).toContain('=== Pod: odd ===\nPhase: Unknown\n');
  });

  it('has the failed ones of too many pods, and all of them when it is asked how the Job ended', async () => {
    const well = Array.from({ length: 2_100 }, (_, index) => {
      const metadata = { name: `a-${String(index).padStart(4, '0')}`, namespace: 'default' };
      return { metadata, status: { phase: 'Succeeded' } } as unknown as KubernetesObject;
    });
    const { pods, omitted, records } = await collected([...well, podOf('z')], () => undefined, 'status');
    expect(pods[0]?.name).toBe('z');
    expect([pods.length, omitted, records.length]).toEqual([2_000, 101, 2_101]);
    const [make] = await resultMaps(inputOf(Buffer.from('x'), { pods, omittedPods: omitted }));
    expect(make?.().data?.pods).toMatch(/^\[\{"name":"z"/);
  });

  it('lets no word of others look like a line of its own', async () => {
    const forged = 'x\n=== Pod: forged ===';
    const state = { terminated: { exitCode: 0, reason: forged } };
    const status = { phase: forged, containerStatuses: [{ name: forged, image: forged, state }] };
    const pod = { ...podOf('a'), status } as unknown as KubernetesObject;
    const { text } = await collected([pod], () => undefined);
    expect(text.match(/^=== Pod: .*$/gm)).toEqual(['=== Pod: a ===']);
  });

  it('keeps all of one long log beside short ones', async () => {
    const pods = [podOf('a'), podOf('b'), podOf('c')];
    const { pods: facts, text } = await collected(
      pods,
      (pod) => (pod === 'a' ? 'x'.repeat(9_000) : 'y'),
      'full',
      20_000,
    );
    const logs = facts.flatMap(({ containers }) => containers.flatMap(({ log }) => log ?? []));
    expect(logs.map(({ bytes, missing }) => [bytes, missing])).toEqual([
      ...[9_001, 9_001].map((bytes) => [bytes, undefined]),
      ...[2, 2, 2, 2].map((bytes) => [bytes, undefined]),
    ]);
    expect(text).not.toContain('missing');
  });

  it('shares the room among the logs, what one does not need is there for the others', async () => {
    const long = 'x'.repeat(5_000);
    const { text, pods } = await collected(
      [podOf('a'), podOf('b')],
      (pod) => (pod === 'a' ? 'short' : long),
      'full',
      4_000,
    );
    expect(text.length).toBeLessThan(5_500);
    const kept = pods.flatMap(({ containers }) => containers.map(({ log }) => (log?.bytes ?? 0) - (log?.missing ?? 0)));
    expect(kept).toEqual([6, 6, 0, 1_994, 1_994, 0]);
    expect(text).toMatch(/\[kubejobs\] \d+ bytes are missing here; SHA-256 of the whole log: [0-9a-f]{64}\n/);
  });
});

async function textOf(cluster: Pick<Cluster, 'get'>, uid: string): Promise<Buffer> {
  const found = await findResult(cluster, 'default', 'job', uid);
  if (found.outcome !== 'ok' || !found.value) throw new Error('it is lost');
  const log = await readLog(cluster, found.value);
  if (log.outcome !== 'ok' || log.value.problem) throw new Error('it cannot be read');
  return log.value.text;
}

async function collected(
  pods: KubernetesObject[],
  said: (pod: string) => string | undefined,
  logs: 'full' | 'status' = 'full',
  maxBytes = 1_000_000,
) {
  const source: LogSource = {
    async log(_namespace, pod) {
      const text = said(pod);
      if (text !== undefined) return { outcome: 'ok', value: lines(text) };
      return { outcome: 'refused', status: 404, reason: 'NotFound', message: `pods "${pod}" not found` };
    },
  };
  const cluster = { list: async () => ({ outcome: 'ok', value: { items: pods, resourceVersion: '1' } }) as const };
  const { signal } = new AbortController();
  const deps = {
    cluster,
    source,
    clock: virtualClock(),
    logger: silentLogger,
    metrics: silentMetrics,
    logs,
    maxBytes,
    signal,
  };
  const answer = await collect(deps, job);
  if (answer.outcome !== 'ok') throw new Error(answer.message);
  return { ...answer.value, text: Buffer.concat(answer.value.text).toString() };
}

async function* lines(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`2030-01-01T00:00:00Z ${text}\n`);
}

function podOf(name: string): KubernetesObject {
  const ended = (reason: string, exitCode: number): object => ({ terminated: { reason, exitCode } });
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
    spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'main' }, { name: 'other' }] },
    status: {
      phase: 'Succeeded',
      initContainerStatuses: [{ name: 'init', image: 'i:1', state: ended('Completed', 0) }],
      containerStatuses: [
        { name: 'other', state: { waiting: { reason: 'ImagePullBackOff' } } },
        { name: 'main', image: 'i:2', restartCount: 2, state: ended('OOMKilled', 137), lastState: ended('Error', 1) },
      ],
    },
  };
}
