import { expect, test } from 'vitest';
import { Engine } from '../../../../internal/engine/engine.ts';
import { silentLogger } from '../../../../internal/platform/logger.ts';
import { silentMetrics } from '../../../../internal/platform/metrics.ts';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { memoryStore } from '../../../../internal/store/memory.ts';
import { insertJobs, storedJob } from '../../../support/store-builders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

test('a job whose time came while the program was down is counted once', async () => {
  const store = memoryStore({ queueId: 'q' });
  await insertJobs(store, storedJob(1, { state: 'scheduled', startAt: 500 }));
  const clock = virtualClock(1_000);
  const engine = new Engine({
    ...{ store, clock, random: seededRandom(1), logger: silentLogger, metrics: silentMetrics },
    settings: { maxConcurrency: 1, settleMs: 0, jobTtlMs: 0 },
    nameWorkload: () => ({ kind: 'Job', namespace: 'default', name: 'x' }),
    release() {},
    resync() {},
  });
  await engine.start();
  await clock.advance(10);
  expect(engine.counts).toMatchObject({ scheduled: 0, pending: 1 });
});
