import { describe, expect, it } from 'vitest';
import { assembleResults, type ResultsDeps } from '../../../../cmd/kubejobs/results.ts';
import type { JobSubmission } from '../../../../pkg/models/index.ts';

const settings = { resultsLogs: 'full', resultsMaxBytes: 1_000_000, resultsTtl: 'never' } as const;
const asking = { name: 'train', rules: { results: true } } as unknown as JobSubmission;
const plain = { name: 'train' } as unknown as JobSubmission;

describe('a server that does not save results', () => {
  const { judge } = assembleResults(false, settings, {} as ResultsDeps);

  it('refuses a job that wants one, and names the field and the flag', () => {
    expect(judge(asking)).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: '/results', detail: expect.stringContaining('add results to its --controllers') }],
    });
  });

  it('takes every other job', () => {
    expect(judge(plain)).toBeUndefined();
  });
});
