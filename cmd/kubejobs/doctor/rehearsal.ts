// Whether the API server would take a job: it is asked by a dry run, which stores nothing, for the job that comes of the
// simplest submission, in each namespace where jobs may go. So what admission, a quota or a namespace that is missing says
// is known before the first job.
import { systemClock } from '../../../internal/platform/clock.ts';
import { systemRandom } from '../../../internal/platform/random.ts';
import { type Cluster, jobsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { jobManifest } from '../../../pkg/kubernetes/manifest.ts';
import { workloadReference } from '../../../pkg/kubernetes/naming.ts';
import type { Policy } from '../../../pkg/kubernetes/policy/index.ts';
import type { Attempt, Job } from '../../../pkg/models/index.ts';
import { readJobTemplate } from '../job-template.ts';
import { type Check, fail, ok } from './check.ts';
import type { Settings } from './configuration.ts';

const patienceMs = 10_000;

export async function rehearseJobs(
  cluster: Cluster,
  settings: Pick<Settings, 'jobTemplate'>,
  policy: Policy,
  ownNamespace: string,
): Promise<Check[]> {
  const namespaces = policy.namespaces === 'any' ? [ownNamespace] : [...policy.namespaces];
  const checks = await Promise.all(
    namespaces.map(async (namespace) => {
      const object = trialJob(namespace, settings, policy.podSecurity === 'restricted');
      const answer = await cluster.create(jobsResource, object, { dryRun: true, timeoutMs: patienceMs });
      if (answer.outcome === 'ok') return undefined;
      const message = `a job in ${namespace} would not be taken: ${answer.message}`;
      return fail('job', message, adviceFor(answer.outcome === 'refused' ? answer.status : undefined, namespace));
    }),
  );
  const problems = checks.filter((check) => check !== undefined);
  return problems.length > 0 ? problems : [ok('job', `one would be taken in ${namespaces.join(', ')}`)];
}

function adviceFor(status: number | undefined, namespace: string): string {
  if (status === 404) return `kubectl create namespace ${namespace}, or give another --namespace`;
  if (status === 403) return 'give the rights above, or look at the quotas and admission policies of the namespace';
  return 'look at --job-template and at what the API server says';
}

function trialJob(
  namespace: string,
  { jobTemplate }: Pick<Settings, 'jobTemplate'>,
  restricted: boolean,
): KubernetesObject {
  const at = systemClock().now();
  const jobId = systemRandom().uuid(at);
  const submission = { name: 'kubejobs-doctor', priority: 0, queue: 'default', workload: {} };
  const job: Job = { ...submission, jobId, sequence: 0, state: 'running', attempt: 1, createdAt: at };
  const workload = workloadReference(job, 1, namespace);
  const attempt: Attempt = { attempt: 1, dispatchSequence: 0, dispatchedAt: at, creation: 'requested', workload };
  const defaultTemplate = readJobTemplate(jobTemplate);
  return jobManifest({ job, attempt, queueId: systemRandom().uuid(at), namespace, defaultTemplate, restricted });
}
