// GET /results/{namespace}/{job}, against a small service.
import { describe, expect, it } from 'vitest';
import type { ResultService } from '../../pkg/api/result-service.ts';
import { accepted, refused } from '../../pkg/models/index.ts';
import { newServer } from '../support/api-server.ts';

const results: ResultService = {
  async result(namespace, jobName, { logs }) {
    if (jobName !== 'nightly') return refused('result_not_found', `There is no saved result of ${jobName}.`);
    const view = { namespace, jobName, status: 'failed', completionTime: '2030-01-01T00:00:00Z', exitCode: 3 } as const;
    return accepted({ ...view, pods: [{ name: 'nightly-x', containers: [] }], ...(logs && { logs: 'a\u0000b\n' }) });
  },
};

describe('GET /results/{namespace}/{job}', () => {
  it('answers what was saved, with or without the logs', async () => {
    const app = await newServer({ results });
    const answer = await app.inject('/results/default/nightly');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      ...{ namespace: 'default', job: 'nightly', status: 'failed', completion_time: '2030-01-01T00:00:00Z' },
      ...{ exit_code: 3, pods: [{ name: 'nightly-x', containers: [] }], logs: 'a\u0000b\n' },
    });
    expect((await app.inject('/results/default/nightly?logs=false')).json()).not.toHaveProperty('logs');
  });

  it.each([
    ['/results/default/other', 404, 'result_not_found'],
    ['/results/NO/nightly', 404, 'result_not_found'],
    ['/results/default/nightly?logs=perhaps', 400, 'validation_failed'],
  ])('answers %s with %i', async (url, status, code) => {
    const answer = await (await newServer({ results })).inject(url);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });

  it('says when nobody saves results', async () => {
    const answer = await (await newServer()).inject('/results/default/nightly');
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'controller_off']);
  });
});
