// Connections through which nothing comes any more, as after the failure of something between the two sides.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobsResource, type KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { json, type Received } from '../../../../support/kubernetes-server.ts';
import { type World, world } from './connected.ts';

const job = (name: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'team' },
});

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** Two calls at once, and a server on which the connections of all that it has got so far can be made silent. */
async function freezing() {
  const frozen = new Set<Socket | null>();
  const held: ServerResponse[] = [];
  let holding = true;
  open = await world((_received, response) => {
    if (frozen.has(response.socket)) return;
    if (holding) held.push(response);
    else json(response, 200, job('a'));
  });
  const limits = { connections: 2, stalledAfterMs: 400, headersTimeoutMs: 4_000 };
  const { cluster } = await open.connect({}, { limits });
  const { received } = open.server;
  /** Each of the calls has a connection of its own when these fall silent. */
  const callAndFreeze = async (...calls: Array<Promise<unknown>>): Promise<void> => {
    await vi.waitFor(() => expect(held.length).toBeGreaterThanOrEqual(calls.length), 5_000);
    for (const { socket } of held) frozen.add(socket);
    holding = false;
  };
  const times = (text: string): number => received.filter((one) => wordsOf(one).includes(text)).length;
  return { cluster, callAndFreeze, times };
}

const wordsOf = ({ method, url, body }: Received): string => `${method} ${url} ${body}`;

describe('when connections have fallen silent', () => {
  it('a question is asked again on another one', async () => {
    const { cluster, callAndFreeze, times } = await freezing();
    const asked = cluster.get(jobsResource, 'team', 'asked');
    await callAndFreeze(asked);
    expect(await asked).toMatchObject({ outcome: 'ok' });
    expect(times('asked')).toBeGreaterThan(1);
  });

  it('a create is not sent again, and its answer is unknown', async () => {
    const { cluster, callAndFreeze, times } = await freezing();
    const lost = cluster.create(jobsResource, job('lost'));
    await callAndFreeze(lost);
    expect(await lost).toMatchObject({ outcome: 'unknown' });
    expect(times('lost')).toBe(1);
    expect(await cluster.create(jobsResource, job('next'))).toMatchObject({ outcome: 'ok' });
  });

  it('questions do not wait behind creates', async () => {
    const { cluster, callAndFreeze } = await freezing();
    const lost = [cluster.create(jobsResource, job('lost-1')), cluster.create(jobsResource, job('lost-2'))];
    await callAndFreeze(...lost);
    const asked = cluster.get(jobsResource, 'team', 'asked');
    expect(await Promise.race([...lost, asked])).toMatchObject({ outcome: 'ok' });
    await Promise.all(lost);
  });
});

describe('a rehearsal with a time limit', () => {
  it('is unknown after that time, whatever the server does', async () => {
    open = await world(() => {});
    const { cluster } = await open.connect();
    expect(await cluster.create(jobsResource, job('a'), { dryRun: true, timeoutMs: 50 })).toEqual({
      outcome: 'unknown',
      message: 'no answer within 50 ms',
    });
  });
});
