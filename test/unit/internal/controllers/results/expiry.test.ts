// Saved results go when their time is over, and nothing else does.
import { expect, it } from 'vitest';
import { ResultExpiry } from '../../../../../internal/controllers/results/expiry.ts';
import { type Cluster, configMapsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { recordingLogger } from '../../../../support/recorders.ts';
import { simulatedWorld, worldStartMs } from '../../../../support/simulated-world.ts';

const at = (ms: number): string => new Date(worldStartMs + ms).toISOString();

it('deletes results when their time to live is over, counted from the end of their Job', async () => {
  const { clock, cluster } = simulatedWorld();
  const put = (name: string, labels: object, completedAt: string, jobName = 'work'): Promise<unknown> =>
    cluster.create(configMapsResource, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels: { ...labels } } },
      ...{ data: { 'completion-time': completedAt, ...(jobName && { 'job-name': jobName }) } },
    });
  const ours = { 'job-handler/created': 'true', 'job-handler/job-uid': 'u' };
  for (let index = 0; index < 12; index += 1) await put(`old-${index}`, ours, at(-3_600_000));
  await put('new', ours, at(0));
  await put('odd', ours, 'yesterday');
  await put('theirs', {}, at(-3_600_000));
  await put('theirs-with-our-label', { 'job-handler/created': 'true' }, at(-3_600_000));
  await put('theirs-without-a-job', ours, at(-3_600_000), '');
  const left = ['odd', 'theirs', 'theirs-with-our-label', 'theirs-without-a-job'];
  const logger = recordingLogger();
  const expiry = new ResultExpiry({ cluster, namespaces: ['default'], ttlMs: 3_600_000, clock, logger });
  expiry.start();
  const names = async (): Promise<string[]> => {
    const page = await cluster.list(configMapsResource, { namespace: 'default' });
    return page.outcome === 'ok' ? page.value.items.map(({ metadata }) => metadata.name).sort() : [];
  };
  await clock.advance(400_000);
  expect(await names()).toEqual(['new', ...left]);
  await clock.advance(4_000_000);
  expect(await names()).toEqual(left);
  await expiry.stop();
  expect(logger.lines).toEqual([]);
});

it('goes on when one result cannot be deleted, and says so once for each sweep', async () => {
  const { clock, cluster } = simulatedWorld();
  const labels = { 'job-handler/created': 'true', 'job-handler/job-uid': 'u' };
  for (const name of ['a', 'b', 'c']) {
    const metadata = { name, namespace: 'default', labels };
    const data = { 'completion-time': at(-3_600_000), 'job-name': 'work' };
    await cluster.create(configMapsResource, { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...{ data } });
  }
  const deleted: string[] = [];
  const refusing: Pick<Cluster, 'list' | 'delete'> = {
    list: cluster.list.bind(cluster),
    delete: async (_resource, _namespace, name) => {
      if (name !== 'c') return { outcome: 'refused', status: 403, reason: 'Forbidden', message: `${name} is held` };
      deleted.push(name);
      return { outcome: 'ok', value: undefined };
    },
  };
  const logger = recordingLogger();
  const expiry = new ResultExpiry({ cluster: refusing, namespaces: ['default'], ttlMs: 3_600_000, clock, logger });
  await expiry.sweep();
  expect(deleted).toEqual(['c']);
  expect(logger.lines.map(({ fields }) => fields)).toEqual([{ namespace: 'default', problem: 'a is held' }]);
});
