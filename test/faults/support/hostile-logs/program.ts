// One hostile log saved by the program's own parts, in a process of its own: then what it takes in memory is nobody else's.
// Prints what was found as one line of JSON. The log is made as it is read and nothing of it is kept here; the ConfigMaps are
// judged as an API server would, and dropped.
import { createHash } from 'node:crypto';
import { collect } from '../../../../internal/controllers/results/collect.ts';
import { writeResult } from '../../../../internal/controllers/results/place.ts';
import { resultMaps } from '../../../../internal/controllers/results/result-maps.ts';
import { systemClock } from '../../../../internal/platform/clock.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import type { ApiResult, Cluster, KubernetesObject } from '../../../../pkg/kubernetes/cluster.ts';
import type { ConfigMap } from '../../../../pkg/kubernetes/results/marks.ts';

export interface HostileWish {
  seed: number;
  kind: 'lines' | 'control characters' | 'broken UTF-8' | 'no line end';
  bytes: number;
}

export interface HostileFinding {
  problems: string[];
  maps: number;
  peakAboveMiB: number;
  seconds: number;
}

const maxBytes = 8 * 1_048_576;
const mostEncodedBytes = 1_048_576;
const chunkBytes = 65_536;
const job = {
  ...{ namespace: 'default', name: 'hostile', uid: 'u', suspended: false, deleted: false, done: false },
  end: { status: 'completed', at: '2030-01-01T00:00:00Z' } as const,
};

const pod: KubernetesObject = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hostile-1', namespace: 'default' } },
  spec: { containers: [{ name: 'main' }] },
  status: {
    phase: 'Succeeded',
    containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
  },
};

const judging: Pick<Cluster, 'create' | 'get' | 'delete'> = {
  create: async (_resource, object) => ok(object),
  get: async () => ({ outcome: 'refused', status: 404, reason: 'NotFound', message: 'not found' }),
  delete: async () => ok(undefined),
};

let peakBytes = 0;
const wish = JSON.parse(process.argv[2] ?? '{}') as HostileWish;
const small = { ...wish, bytes: 2 * 1_048_576 };
await saved(small);
await saved(small);
globalThis.gc?.();
const before = process.memoryUsage().rss;
peakBytes = before;
const startedAt = performance.now();
const { problems, maps } = await saved(wish);
const finding: HostileFinding = {
  ...{ problems, maps, peakAboveMiB: (peakBytes - before) / 1_048_576 },
  seconds: (performance.now() - startedAt) / 1_000,
};
process.stdout.write(`${JSON.stringify(finding)}\n`);

async function saved({ seed, kind, bytes }: HostileWish): Promise<{ problems: string[]; maps: number }> {
  const problems: string[] = [];
  const hash = createHash('sha256');
  const { signal } = new AbortController();
  const limits = { logs: 'full', maxBytes, signal, totalTimeoutMs: 3_600_000, containerTimeoutMs: 3_600_000 } as const;
  const source = { log: async () => ok(printed(seed, kind, bytes, hash)) };
  const cluster = { list: async () => ok({ items: [pod], resourceVersion: '1' }) };
  const collected = await collect(
    { cluster, source, clock: systemClock(), logger: silentLogger, metrics: silentMetrics, ...limits },
    job,
  );
  if (collected.outcome !== 'ok') return { problems: ['nothing was collected'], maps: 0 };
  const { pods, text } = collected.value;
  const log = pods[0]?.containers[0]?.log;
  if (log?.bytes !== bytes) problems.push(`${log?.bytes} of ${bytes} bytes were read: ${log?.error}`);
  if (bytes > maxBytes && log?.sha256 !== hash.digest('hex')) problems.push('the SHA-256 is not that of the log');
  if (text.reduce((sum, piece) => sum + piece.length, 0) > maxBytes + 4_096) problems.push('too much was kept');
  const written = await resultMaps({ job, pods, omittedPods: 0, text, own: {} });
  for (const make of written) problems.push(...refusals(make()));
  const place = await writeResult(judging, job, written);
  if (place.outcome !== 'ok' || place.value.of !== 'this_job') problems.push('the result was not written');
  return { problems, maps: written.length };
}

/** What an API server would say. */
function refusals(map: ConfigMap): string[] {
  const bytes = Buffer.byteLength(JSON.stringify(map));
  look();
  return bytes > mostEncodedBytes ? [`a ConfigMap has ${bytes} bytes`] : [];
}

async function* printed(
  seed: number,
  kind: HostileWish['kind'],
  bytes: number,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  const chunks = Array.from({ length: 16 }, (_, index) => content(seed + index, kind));
  const stamp = Buffer.from('2030-01-01T00:00:00.123456789Z ');
  const sent = chunks.map((plain) => Buffer.concat([stamp, withStamps(plain, stamp)]));
  for (let index = 0; index < bytes / chunkBytes; index += 1) {
    const plain = chunks[index % chunks.length] as Buffer;
    hash.update(plain);
    yield kind === 'no line end' && index > 0 ? plain : (sent[index % sent.length] as Buffer);
    if (index % 16 === 0) look();
  }
}

/** A chunk that ends with its line, unless the log has none. */
function content(seed: number, kind: HostileWish['kind']): Buffer {
  const random = seededRandom(seed);
  const byteOf = {
    lines: () => (random.next() < 0.01 ? 0x0a : 0x61 + Math.floor(random.next() * 26)),
    'control characters': () => (random.next() < 0.01 ? 0x0a : Math.floor(random.next() * 32)),
    'broken UTF-8': () => (random.next() < 0.01 ? 0x0a : 0x80 + Math.floor(random.next() * 128)),
    'no line end': () => 0x61 + Math.floor(random.next() * 26),
  }[kind];
  const buffer = Buffer.from(Uint8Array.from({ length: chunkBytes }, byteOf));
  if (kind !== 'no line end') buffer[chunkBytes - 1] = 0x0a;
  return buffer;
}

/** Behind each line end but the last. */
function withStamps(plain: Buffer, stamp: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = plain.indexOf(0x0a); at >= 0 && at < plain.length - 1; at = plain.indexOf(0x0a, from)) {
    pieces.push(plain.subarray(from, at + 1), stamp);
    from = at + 1;
  }
  return Buffer.concat([...pieces, plain.subarray(from)]);
}

function look(): void {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}

function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}
