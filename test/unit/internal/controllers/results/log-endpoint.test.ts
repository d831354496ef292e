// Logs that an API server refuses, breaks off, never answers or never ends, read over HTTP by the program's own client: each
// is a sentence in the text, the others are there, and no more is kept than the limit.
import { afterEach, expect, it } from 'vitest';
import { collect } from '../../../../../internal/controllers/results/collect.ts';
import { systemClock } from '../../../../../internal/platform/clock.ts';
import { silentLogger } from '../../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../../internal/platform/metrics.ts';
import { type Answer, json, statusObject } from '../../../../support/kubernetes-server.ts';
import { type World, world } from '../../../pkg/kubernetes/client/connected.ts';

let here: World | undefined;
afterEach(() => here?.close());

const job = {
  ...{ namespace: 'default', name: 'work', uid: 'u', suspended: false, deleted: false, done: false },
  end: { status: 'completed', at: '2030-01-01T00:00:00Z' } as const,
};
const maxBytes = 1_000_000;
const endlessMiB = 64;
const stamp = '2030-01-01T00:00:00.123456789Z ';

function podOf(name: string) {
  const ended = { name: 'main', state: { terminated: { exitCode: 0, reason: 'Completed' } } };
  return {
    metadata: { name, namespace: 'default', uid: name, resourceVersion: '1' },
    spec: { containers: [{ name: 'main' }] },
    status: { phase: 'Succeeded', containerStatuses: [ended] },
  };
}

const logs: Record<string, Answer> = {
  fine: (_received, response) => void response.end(`${stamp}all is well\n`),
  gone: (_received, response) => json(response, 404, statusObject(404, 'NotFound', 'pods "gone" not found')),
  broken: (_received, response) => json(response, 500, statusObject(500, 'InternalError', 'dial tcp: no route')),
  silent: () => {},
  halted: (_received, response) => void response.write(`${stamp}the last words\n`),
  cut: (_received, response) => {
    response.write(`${stamp}so far\n`);
    setImmediate(() => response.destroy());
  },
  endless: (_received, response) => {
    const mebibyte = Buffer.alloc(1_048_576, `${stamp}${'x'.repeat(200)}\n`);
    let left = endlessMiB;
    const write = (): void => {
      while (left > 0) {
        left -= 1;
        if (!response.write(mebibyte)) return void response.once('drain', write);
      }
      response.end();
    };
    write();
  },
};

const answer: Answer = (received, response) => {
  const [, pod = ''] = /\/pods\/([^/]+)\/log/.exec(received.url) ?? [];
  if (pod !== '') return logs[pod]?.(received, response);
  return json(response, 200, { metadata: { resourceVersion: '1' }, items: Object.keys(logs).map(podOf) });
};

it('logs that cannot be had are sentences, and one that does not end is kept in bounds', async () => {
  here = await world(answer);
  const { cluster } = await here.connect();
  const { signal } = new AbortController();
  const shared = { cluster, source: cluster, clock: systemClock(), logger: silentLogger, metrics: silentMetrics };
  const limits = { logs: 'full', maxBytes, containerTimeoutMs: 3_000, totalTimeoutMs: 60_000 } as const;
  const collected = await collect({ ...shared, ...limits, signal }, job);
  if (collected.outcome !== 'ok') throw new Error(collected.message);
  const { pods, text } = collected.value;
  const facts = Object.fromEntries(pods.map(({ name, containers }) => [name, containers[0]?.log]));
  expect(facts).toMatchObject({
    fine: { bytes: 'all is well\n'.length },
    gone: { bytes: 0, error: expect.stringContaining('pods "gone" not found') },
    broken: { bytes: 0, error: expect.stringContaining('no route') },
    silent: { bytes: 0, error: 'no end of it within 3 s' },
    halted: { bytes: 'the last words\n'.length, error: 'no end of it within 3 s' },
    cut: { bytes: 'so far\n'.length, error: expect.any(String) },
  });
  const { bytes = 0, missing = 0 } = facts.endless ?? {};
  expect(bytes - missing).toBeLessThanOrEqual(maxBytes);
  expect(bytes - missing).toBeGreaterThan(maxBytes / 20);
  const kept = text.reduce((sum, piece) => sum + piece.length, 0);
  expect(kept).toBeLessThan(maxBytes + 10_000);
  const words = Buffer.concat(text).toString();
  for (const line of ['all is well', 'the last words', 'so far']) expect(words).toContain(`\n${line}\n`);
});
