import { afterEach, describe, expect, it } from 'vitest';
import { type Cluster, jobsResource, type KubernetesObject } from '../../../../../pkg/kubernetes/cluster.ts';
import { json } from '../../../../support/kubernetes-server.ts';
import { type World, world } from './connected.ts';

const job: KubernetesObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a', namespace: 'team' } };
const noRight = 'jobs.batch is forbidden: User "system:serviceaccount:q:kubejobs" cannot create resource "jobs"';
const notReady = 'jobs.batch "a" is forbidden: not yet ready to handle request';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** A server that answers calls with these in turn, `undefined` with the object, and says after how many it is ready. */
async function young(
  refusals: Array<string | undefined>,
  readyz: number[],
): Promise<{ cluster: Cluster; world: World }> {
  open = await world(({ url }, response) => {
    if (url === '/readyz') return void response.writeHead(readyz.shift() ?? 200).end('informer-sync');
    const message = refusals.shift();
    if (message === undefined) return json(response, 200, job);
    return json(response, 403, { kind: 'Status', reason: 'Forbidden', message });
  });
  return { cluster: (await open.connect()).cluster, world: open };
}

const requests = ({ server }: World): string[] => server.received.map(({ method, url }) => `${method} ${url}`);

describe('a 403 of an API server that has just started', () => {
  it('for a missing right is no answer while the server is not ready', async () => {
    const { cluster } = await young([noRight], [500]);
    const result = await cluster.create(jobsResource, job);
    expect(result).toMatchObject({ outcome: 'unknown', status: 403, message: expect.stringContaining(noRight) });
  });

  it('for a missing right is asked again when the server is ready by then', async () => {
    const { cluster, world } = await young([noRight], [200]);
    expect(await cluster.create(jobsResource, job)).toEqual({ outcome: 'ok', value: job });
    const create = 'POST /apis/batch/v1/namespaces/team/jobs';
    expect(requests(world)).toEqual([create, 'GET /readyz', create]);
  });

  it('for a missing right is believed when a server that is ready says so', async () => {
    const { cluster } = await young([noRight, noRight], [200]);
    const result = await cluster.create(jobsResource, job);
    expect(result).toEqual({ outcome: 'refused', status: 403, reason: 'Forbidden', message: noRight });
  });

  it('is doubted in reads and deletions, too', async () => {
    const { cluster } = await young([noRight, noRight], [500, 500]);
    expect((await cluster.get(jobsResource, 'team', 'a')).outcome).toBe('unknown');
    const deleted = await cluster.delete(jobsResource, 'team', 'a', { propagation: 'background' });
    expect(deleted.outcome).toBe('unknown');
  });

  it('by an admission plugin that is not ready is no answer', async () => {
    const { cluster, world } = await young([notReady], []);
    expect(await cluster.create(jobsResource, job)).toEqual({ outcome: 'unknown', status: 403, message: notReady });
    expect(requests(world)).toHaveLength(1);
  });

  it('about the object itself is believed at once', async () => {
    const words = 'pods "a" is forbidden: violates PodSecurity "restricted:latest": privileged';
    const { cluster, world } = await young([words], []);
    expect(await cluster.create(jobsResource, job)).toMatchObject({ outcome: 'refused', message: words });
    expect(requests(world)).toHaveLength(1);
  });
});
