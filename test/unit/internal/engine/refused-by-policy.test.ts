import { describe, expect, it } from 'vitest';
import { EngineService } from '../../../../internal/engine/service.ts';
import type { JobSubmission, Refusal } from '../../../../pkg/models/index.ts';
import { anEngine } from '../../../support/engine-builders.ts';
import { aSubmission } from '../../../support/job-builders.ts';

const refusal: Refusal = { code: 'policy_refused', detail: 'no', errors: [{ pointer: '/namespace', detail: 'no' }] };

describe('a submission that the policy refuses', () => {
  it('is answered so before the cluster is asked, and is stored nowhere', async () => {
    const { engine, store } = await anEngine();
    const asked: string[] = [];
    const service = new EngineService({
      ...{ engine, store, maxConcurrency: 2, simulated: false },
      checkPolicy: ({ name }: JobSubmission) => (name === 'bad' ? refusal : undefined),
      checkTemplate: ({ name }: JobSubmission) => {
        asked.push(name);
        return Promise.resolve(undefined);
      },
    });
    const workload = { template: { template: {} } };
    expect(await service.submit(aSubmission('bad', { workload }))).toEqual({ ok: false, refusal });
    expect(await service.submit(aSubmission('good', { workload }))).toMatchObject({ ok: true });
    expect(asked).toEqual(['good']);
    expect(service.jobs({}, { limit: 10 }).items.map(({ name }) => name)).toEqual(['good']);
  });
});
