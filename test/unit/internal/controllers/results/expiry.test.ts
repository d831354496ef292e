// Saved results go when their time is over, and nothing else does.
import { expect, it } from 'vitest';
import { ResultExpiry } from '../../../../../internal/controllers/results/expiry.ts';
import { configMapsResource } from '../../../../../pkg/kubernetes/cluster.ts';
import { recordingLogger } from '../../../../support/recorders.ts';
import { simulatedWorld, worldStartMs } from '../../../../support/simulated-world.ts';

const at = (ms: number): string => new Date(worldStartMs + ms).toISOString();

it('deletes results when their time to live is over, counted from the end of their Job', async () => {
  const { clock, cluster } = simulatedWorld();
  const put = (name: string, labels: Record<string, string>, completedAt: string): Promise<unknown> =>
    cluster.create(configMapsResource, {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels } },
      ...{ data: { 'completion-time': completedAt } },
    });
  const ours = { 'job-handler/created': 'true' };
  for (let index = 0; index < 12; index += 1) await put(`old-${index}`, ours, at(-3_600_000));
  await put('new', ours, at(0));
  await put('odd', ours, 'yesterday');
  await put('theirs', {}, at(-3_600_000));
  const logger = recordingLogger();
  const expiry = new ResultExpiry({ cluster, namespaces: ['default'], ttlMs: 3_600_000, clock, logger });
  expiry.start();
  const names = async (): Promise<string[]> => {
    const page = await cluster.list(configMapsResource, { namespace: 'default' });
    return page.outcome === 'ok' ? page.value.items.map(({ metadata }) => metadata.name).sort() : [];
  };
  await clock.advance(400_000);
  expect(await names()).toEqual(['new', 'odd', 'theirs']);
  await clock.advance(4_000_000);
  expect(await names()).toEqual(['odd', 'theirs']);
  await expiry.stop();
  expect(logger.lines).toEqual([]);
});
