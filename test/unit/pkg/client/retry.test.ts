// What is tried again: only calls that cannot do a thing twice, only what may pass, and never without an end.
import { describe, expect, it } from 'vitest';
import { type Client, createClient } from '../../../../pkg/client/index.ts';
import {
  answer,
  aScriptedServer,
  hangUp,
  problem,
  type Script,
  type ScriptedServer,
} from '../../../support/scripted-server.ts';

const submitted = { job_id: 'id1', name: 'job1', queue_position: '0', status: 'Job submitted successfully' };
const stopping = problem('shutting_down', {}, { 'retry-after': '2' });

interface Setup {
  client: Client;
  server: ScriptedServer;
  pauses: number[];
}

async function aClient(script: Script, chance = 0): Promise<Setup> {
  const server = await aScriptedServer(script);
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  const client = createClient({ baseUrl: server.url, retrying: { pause, random: () => chance } });
  return { client, server, pauses };
}

describe('a call that only reads', () => {
  it('is tried again when its connection broke', async () => {
    const { client, server, pauses } = await aClient({ 'GET /jobs/id1': [hangUp, hangUp, answer({ name: 'job1' })] });
    expect(await client.get('id1')).toEqual({ name: 'job1' });
    expect(server.asked).toHaveLength(3);
    expect(pauses).toEqual([100, 200]);
  });

  it('waits for as long as a 503 asks, and a little longer by chance', async () => {
    const { client, pauses } = await aClient({ 'GET /jobs/id1': [stopping, answer({ name: 'job1' })] }, 0.5);
    await client.get('id1');
    expect(pauses).toEqual([2_150]);
  });

  it('is given up after five tries, with the last error', async () => {
    const { client, server } = await aClient({ 'GET /jobs/id1': [hangUp] });
    await expect(client.get('id1')).rejects.toThrow('there is no kubejobs server');
    expect(server.asked).toHaveLength(5);
  });

  it('is not tried again when the server refuses it', async () => {
    const { client, server } = await aClient({ 'GET /jobs/id1': problem('job_not_found') });
    await expect(client.get('id1')).rejects.toMatchObject({ code: 'job_not_found' });
    expect(server.asked).toHaveLength(1);
  });

  it('is not tried again when the server wants to be left alone for long', async () => {
    const { client, server } = await aClient({ 'GET /jobs/id1': problem('overloaded', {}, { 'retry-after': '60' }) });
    await expect(client.get('id1')).rejects.toMatchObject({ retryAfterSeconds: 60 });
    expect(server.asked).toHaveLength(1);
  });

  it('is not tried again by a client that was told nothing about waiting', async () => {
    const server = await aScriptedServer({ 'GET /jobs/id1': [hangUp, answer({})] });
    await expect(createClient({ baseUrl: server.url }).get('id1')).rejects.toThrow('no kubejobs server');
    expect(server.asked).toHaveLength(1);
  });
});

describe('a submission', () => {
  it('with a key is sent again with the same key', async () => {
    const { client, server } = await aClient({ 'POST /jobs': [hangUp, stopping, answer(submitted)] });
    expect(await client.submit({ name: 'job1' }, { idempotencyKey: 'k1' })).toEqual(submitted);
    expect(server.asked.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual(
      Array(3).fill(['k1', '{"name":"job1"}']),
    );
  });

  it('without a key is never sent twice', async () => {
    const { client, server } = await aClient({ 'POST /jobs': [hangUp, answer(submitted)] });
    await expect(client.submit({ name: 'job1' })).rejects.toThrow('there is no kubejobs server');
    expect(server.asked).toHaveLength(1);
  });

  it('of a whole list is sent again with its key too', async () => {
    const { client, server } = await aClient({ 'POST /jobs/batch': [hangUp, answer([submitted])] });
    expect(await client.submitAll([{ name: 'job1' }], { idempotencyKey: 'k1' })).toEqual([submitted]);
    expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1']);
  });
});

it.each([
  ['cancelled', 'DELETE /jobs/id1', (client: Client) => client.cancel('id1')],
  ['changed', 'PATCH /jobs/id1', (client: Client) => client.hold('id1')],
  ['run again', 'POST /jobs/id1/retry', (client: Client) => client.retry('id1')],
  ['paused', 'POST /pause', (client: Client) => client.pause()],
])('a call by which something is %s is sent once', async (_what, call, send) => {
  const { client, server } = await aClient({ [call]: [hangUp, answer({})] });
  await expect(send(client)).rejects.toThrow('there is no kubejobs server');
  expect(server.asked).toHaveLength(1);
});
