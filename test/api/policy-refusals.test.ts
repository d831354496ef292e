// How a refusal by the policy reaches the client.
import { expect, test } from 'vitest';
import { builtInTemplate } from '../../pkg/kubernetes/manifest.ts';
import { defaultPolicy, judgeSubmission } from '../../pkg/kubernetes/policy/index.ts';
import type { JobSubmission } from '../../pkg/models/index.ts';
import { newServer } from '../support/api-server.ts';
import { FakeService } from '../support/fake-service.ts';

class JudgingService extends FakeService {
  override async submit(submission: JobSubmission) {
    const rules = { policy: defaultPolicy('own'), namespace: 'own', defaultTemplate: builtInTemplate };
    this.refusal = judgeSubmission(submission, rules);
    return super.submit(submission);
  }
}

const post = async (payload: object) => {
  const service = new JudgingService();
  const app = await newServer({ service });
  const answer = await app.inject({ method: 'POST', url: '/jobs', payload });
  await app.close();
  return { answer, stored: service.stored };
};

test('a job that the policy refuses is a 403 that names each field by its place in the body', async () => {
  const container = { name: 'main', image: 'busybox', securityContext: { privileged: true } };
  const template = { template: { spec: { containers: [container] } } };
  const { answer, stored } = await post({ name: 'a', namespace: 'other', template });
  expect(answer.statusCode).toBe(403);
  expect(answer.json()).toMatchObject({
    type: '/errors/policy_refused',
    code: 'policy_refused',
    errors: [
      { pointer: '/namespace', detail: expect.stringContaining('must be one of own') },
      {
        pointer: '/template/template/spec/containers/0/securityContext/privileged',
        detail: expect.stringContaining('must be false or left out'),
      },
    ],
  });
  expect(stored).toEqual([]);
});

test('a job that it does not refuse is accepted', async () => {
  const { answer, stored } = await post({ name: 'a', image: 'busybox' });
  expect(answer.statusCode).toBe(201);
  expect(stored).toHaveLength(1);
});
