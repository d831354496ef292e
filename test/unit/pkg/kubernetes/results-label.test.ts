// A job that asks for its result: its Job alone has the mark.
import { expect, it } from 'vitest';
import { submissionErrors } from '../../../../pkg/api/submission-rules.ts';
import { jobDocumentOf, submissionOf } from '../../../../pkg/api/wire.ts';
import { builtInTemplate, jobManifest } from '../../../../pkg/kubernetes/manifest.ts';
import { aJob } from '../../../support/fake-service.ts';

const submitted = submissionOf({ name: 'job1', results: true });

it('becomes a mark of the Job and not of its pods', () => {
  const workload = { kind: 'Job', namespace: 'default', name: 'job1-1' } as const;
  const made = (rules: typeof submitted.rules) =>
    jobManifest({
      ...{ queueId: 'q', namespace: 'default', defaultTemplate: builtInTemplate, attempt: { attempt: 1, workload } },
      job: { jobId: 'id', name: 'job1', workload: {}, ...(rules && { rules }) },
    });
  expect(made(submitted.rules).metadata.labels).toMatchObject({ 'job-handler/enabled': 'true' });
  expect(JSON.stringify(made(submitted.rules).spec)).not.toContain('job-handler');
  expect(JSON.stringify(made(undefined))).not.toContain('job-handler');
  expect(jobDocumentOf({ ...aJob(), rules: { results: true } })).toMatchObject({ results: true });
});

it('is refused of what is no Job', () => {
  const workload = { apiVersion: 'kubeflow.org/v1', kind: 'PyTorchJob', spec: { pytorchReplicaSpecs: {} } };
  const errors = submissionErrors({ name: 'job1', results: true, workload: workload as never });
  expect(errors).toContainEqual({ pointer: '/results', detail: 'is only for jobs that run as a Job: leave it out' });
});
