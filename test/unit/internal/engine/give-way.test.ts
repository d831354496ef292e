import { expect, it } from 'vitest';
import type { ClusterEvent } from '../../../../internal/core/events.ts';
import { eventOf } from '../../../support/core-builders.ts';
import { anEngine } from '../../../support/engine-builders.ts';

it('a job that was to give way goes back to the queue though the program ended before its workload was gone', async () => {
  const before = await anEngine({ maxConcurrency: 1 });
  const jobId = await before.submit('a', 5);
  const tell = async (to: typeof before, word: string): Promise<void> => {
    to.engine.report({
      ...eventOf(word, to.clock.now(), '', { message: 'others wait' }),
      jobId,
      attempt: 1,
    } as ClusterEvent);
    await to.clock.settle();
  };
  await tell(before, 'made');
  await tell(before, 'give-way');
  await tell(before, 'deleted');
  expect(before.service.job(jobId)).toMatchObject({ state: 'running', reason: 'cancelling', message: 'others wait' });

  const after = await anEngine({ maxConcurrency: 1, store: before.store });
  await after.clock.settle();
  expect(after.released).toMatchObject([{ kind: 'delete_workload', jobId, unlessFinished: true }]);
  expect(after.service.job(jobId)).toMatchObject({ state: 'running', reason: 'cancelling', message: 'others wait' });
  await tell(after, 'missing');
  expect(after.service.job(jobId)).toMatchObject({
    ...{ state: 'scheduled', reason: 'retry_backoff', message: 'attempt 1 gave way: others wait', priority: 5 },
    attempts: [{ attempt: 1, outcome: 'gave_way', message: 'others wait' }],
  });
  await after.clock.advance(10_000);
  expect(after.service.job(jobId)).toMatchObject({ state: 'running', attempt: 2, sequence: 1 });
});
