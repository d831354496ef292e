import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../../../internal/core/events.ts';
import { eventOf } from '../../../support/core-builders.ts';
import { anEngine } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

describe('a finished job that a person has run again', () => {
  it('has all its retries again, also when it starts at once', async () => {
    const test = await anEngine();
    const retries = { max: 1, backoffMs: 0, backoffFactor: 1, maxBackoffMs: 0, on: ['failed' as const] };
    const answer = await test.engine.submit(aSubmission('a', { rules: { retries } }));
    const jobId = answer.ok ? answer.value.jobId : '';
    const fail = async (attempt: number): Promise<void> => {
      for (const word of ['made', 'failed']) {
        test.engine.report({ ...eventOf(word, test.clock.now(), ''), jobId, attempt } as ClusterEvent);
      }
      await test.clock.settle();
    };
    await fail(1);
    await fail(2);
    expect(test.service.job(jobId)).toMatchObject({ state: 'failed', attempt: 2 });
    await test.service.retry(jobId);
    await fail(3);
    expect(test.service.job(jobId)).toMatchObject({ state: 'running', attempt: 4 });
    await fail(4);
    expect(test.service.job(jobId)).toMatchObject({ state: 'failed', attempt: 4 });
  });
});

describe('a job whose time to wait runs out during the commit that accepts it', () => {
  it('expires in the next turn, before anything starts', async () => {
    const test = await anEngine({ maxConcurrency: 1 });
    const first = await test.submit('first');
    test.store.hold = true;
    const answer = test.engine.submit(aSubmission('late', { rules: { queueTimeoutMs: 5_000 } }));
    await test.clock.settle();
    test.engine.report({ ...eventOf('succeeded', test.clock.now(), ''), jobId: first, attempt: 1 } as ClusterEvent);
    await test.clock.advance(5_000);
    test.store.hold = false;
    void test.store.carryOut();
    await test.clock.settle();
    const late = await answer;
    expect(test.service.job(late.ok ? late.value.jobId : '')).toMatchObject({ state: 'expired', attempt: 0 });
  });
});

describe('a cap that is given at the start', () => {
  it('is written later when the commit that had it fails', async () => {
    const test = await anEngine({ maxConcurrency: 1 });
    await test.service.configure({ maxConcurrency: 2 });
    test.store.hold = true;
    const given = await anEngine({ store: test.store, maxConcurrency: 1, deps: { maxConcurrencyGiven: true } });
    test.store.refuse();
    test.store.hold = false;
    await given.clock.advance(60_000);
    expect(given.service.settings()).toMatchObject({ maxConcurrency: 1 });
    expect((await test.store.load()).settings).toMatchObject({ maxConcurrency: 1 });
  });
});
