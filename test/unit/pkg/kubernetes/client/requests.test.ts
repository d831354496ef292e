import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { jobsResource, type KubernetesObject, podsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { json, type Received } from '../../../../support/kubernetes-server.ts';
import { type World, world } from './connected.ts';

const job: KubernetesObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'a', namespace: 'team' },
  spec: { template: {} },
};

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function echoing(body: unknown = job): Promise<World> {
  open = await world((_received, response) => json(response, 200, body));
  return open;
}

const only = (received: Received[]): Received => {
  expect(received).toHaveLength(1);
  return received[0] as Received;
};

describe('a request to the API server', () => {
  it('creates in the namespace of the object, as JSON, under the name of the program', async () => {
    const { server, connect } = await echoing();
    const { cluster } = await connect({ user: { token: 'secret-token' } });
    expect(await cluster.create(jobsResource, job)).toEqual({ outcome: 'ok', value: job });
    const { method, url, headers, body } = only(server.received);
    expect({ method, url }).toEqual({ method: 'POST', url: '/apis/batch/v1/namespaces/team/jobs' });
    expect(headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'content-type': 'application/json',
      'user-agent': 'kubejobs/1.2.3',
    });
    expect(JSON.parse(body)).toEqual(job);
  });

  it('patches an object, or its status alone', async () => {
    const { server, connect } = await echoing();
    const { cluster } = await connect();
    const metadata = { resourceVersion: '7' };
    await cluster.patch(jobsResource, 'team', 'a', { metadata, spec: { suspend: true } });
    await cluster.patch(
      jobsResource,
      'team',
      'a',
      { metadata, status: { startTime: null } },
      { subresource: 'status' },
    );
    expect(server.received.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual([
      ['PATCH', '/apis/batch/v1/namespaces/team/jobs/a', { metadata, spec: { suspend: true } }],
      ['PATCH', '/apis/batch/v1/namespaces/team/jobs/a/status', { metadata, status: { startTime: null } }],
    ]);
    expect(server.received[0]?.headers['content-type']).toBe('application/merge-patch+json');
  });

  it.each([
    [
      'a resource that is listed',
      { resources: [{ name: 'jobs' }, { name: 'jobs/status' }] },
      200,
      { outcome: 'ok', value: true },
    ],
    ['a version without the resource', { resources: [{ name: 'cronjobs' }] }, 200, { outcome: 'ok', value: false }],
    ['a group that is not there', '404 page not found', 404, { outcome: 'ok', value: false }],
    ['an answer that makes no sense', { resources: 'all' }, 200, { outcome: 'unknown' }],
    ['a failure', {}, 500, { outcome: 'unknown' }],
  ])('asks discovery whether a kind is there: %s', async (_name, body, status, expected) => {
    open = await world((_received, response) => json(response, status, body));
    const { cluster } = await open.connect();
    expect(await cluster.serves(jobsResource)).toMatchObject(expected);
    expect(open.server.received[0]).toMatchObject({ method: 'GET', url: '/apis/batch/v1' });
  });

  it('asks for a strict rehearsal when nothing is to be stored', async () => {
    const { server, connect } = await echoing();
    await (await connect()).cluster.create(jobsResource, job, { dryRun: true });
    expect(only(server.received).url).toBe('/apis/batch/v1/namespaces/team/jobs?dryRun=All&fieldValidation=Strict');
  });

  it('applies under the name of the program, taking fields over only when it is to', async () => {
    const { server, connect } = await echoing();
    await (await connect()).cluster.apply(jobsResource, job, { force: false });
    const { method, url, headers, body } = only(server.received);
    expect({ method, url }).toEqual({
      method: 'PATCH',
      url: '/apis/batch/v1/namespaces/team/jobs/a?fieldManager=kubejobs&force=false',
    });
    expect(headers['content-type']).toBe('application/apply-patch+yaml');
    expect(JSON.parse(body)).toEqual(job);
  });

  it('reads one object without a resource version, which makes it a consistent read', async () => {
    const { server, connect } = await echoing();
    await (await connect()).cluster.get(jobsResource, 'team', 'a');
    expect(only(server.received)).toMatchObject({
      method: 'GET',
      url: '/apis/batch/v1/namespaces/team/jobs/a',
      body: '',
    });
  });

  it('deletes with the propagation, the uid and the version that were asked for', async () => {
    const { server, connect } = await echoing({ kind: 'Status', status: 'Success' });
    const { cluster } = await connect();
    const result = await cluster.delete(jobsResource, 'team', 'a', {
      ...{ propagation: 'foreground', uid: 'u1', resourceVersion: '7' },
    });
    expect(result).toEqual({ outcome: 'ok', value: undefined });
    const { method, body } = only(server.received);
    expect(method).toBe('DELETE');
    expect(JSON.parse(body)).toMatchObject({
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u1', resourceVersion: '7' },
    });
  });

  it('lists a page of all namespaces and gives its items their kind', async () => {
    const list = { metadata: { resourceVersion: '7', continue: 'next' }, items: [{ metadata: { name: 'p' } }] };
    const { server, connect } = await echoing(list);
    const { cluster } = await connect();
    const page = await cluster.list(podsResource, { labelSelector: 'a=b', limit: 500, continue: 'token' });
    expect(only(server.received).url).toBe('/api/v1/pods?labelSelector=a%3Db&limit=500&continue=token');
    expect(page).toEqual({
      outcome: 'ok',
      value: {
        resourceVersion: '7',
        continue: 'next',
        items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } }],
      },
    });
  });

  it('keeps the path of a server that is not at the root', async () => {
    const { server, connect } = await echoing();
    const { cluster, server: shown } = await connect({ server: `${server.url}/k8s/clusters/c-1/` });
    await cluster.get(podsResource, 'team', 'p');
    expect(only(server.received).url).toBe('/k8s/clusters/c-1/api/v1/namespaces/team/pods/p');
    expect(shown).toBe(`${server.url}/k8s/clusters/c-1`);
  });

  it('escapes what is put into a path', async () => {
    const { server, connect } = await echoing();
    await (await connect()).cluster.get(podsResource, 'team', '../x?y');
    expect(only(server.received).url).toBe('/api/v1/namespaces/team/pods/..%2Fx%3Fy');
  });

  it('says who it is with a user name and a password', async () => {
    const { server, connect } = await echoing();
    await (await connect({ user: { username: 'me', password: 'pass' } })).cluster.get(podsResource, 'team', 'p');
    expect(only(server.received).headers.authorization).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`);
  });

  it('measures the call by verb, resource and outcome', async () => {
    const { connect, metrics } = await echoing();
    const { cluster } = await connect();
    await cluster.create(jobsResource, job);
    await cluster.delete(jobsResource, 'team', 'a', { propagation: 'background' });
    const name = 'kubejobs_api_server_request_duration_seconds';
    expect(metrics.measured.map((entry) => [entry.name, entry.labels])).toEqual([
      [name, { verb: 'create', resource: 'jobs', outcome: 'ok' }],
      [name, { verb: 'delete', resource: 'jobs', outcome: 'ok' }],
    ]);
  });

  it('keeps its connections: calls one after another do not open one each', async () => {
    const ports = new Set<number | undefined>();
    open = await world((_received, response) => {
      ports.add(response.socket?.remotePort);
      json(response, 200, job);
    });
    const { cluster } = await open.connect();
    for (let call = 0; call < 20; call += 1) await cluster.get(jobsResource, 'team', 'a');
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('keeps its connections over deletions, whose options are in the body', async () => {
    const ports = new Set<number | undefined>();
    open = await world((_received, response) => {
      ports.add(response.socket?.remotePort);
      json(response, 200, job);
    });
    const { cluster } = await open.connect();
    const options = { propagation: 'background' as const, uid: 'u' };
    for (let call = 0; call < 20; call += 1) await cluster.delete(jobsResource, 'team', 'a', options);
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('has as many calls under way as it has connections, and no more', async () => {
    const held: ServerResponse[] = [];
    let most = 0;
    open = await world((_received, response) => {
      held.push(response);
      most = Math.max(most, held.length);
      if (held.length === 3) setTimeout(() => held.splice(0).map((waiting) => json(waiting, 200, job)), 20);
    });
    const { cluster } = await open.connect({}, { limits: { connections: 3 } });
    const calls = Array.from({ length: 9 }, () => cluster.get(jobsResource, 'team', 'a'));
    expect((await Promise.all(calls)).every(({ outcome }) => outcome === 'ok')).toBe(true);
    expect(most).toBe(3);
  });
});
