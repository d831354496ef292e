// Asks the API server, by a dry run, whether it would take a job that comes with a template, so that a bad one is
// refused at submit with the API server's own words. When nobody can tell in time, the job is accepted and judged at
// dispatch: a slow API server must not hold up those who submit.
import type { Clock } from '../../internal/platform/clock.ts';
import type { Random } from '../../internal/platform/random.ts';
import { type Cluster, jobsResource } from '../../pkg/kubernetes/cluster.ts';
import { workloadName } from '../../pkg/kubernetes/naming.ts';
import type { Attempt, Job, JobSubmission, Refusal } from '../../pkg/models/index.ts';
import type { ManifestOf } from './cluster-side.ts';

export interface TemplateCheckDeps {
  cluster: Cluster;
  clock: Clock;
  random: Random;
  manifest: ManifestOf;
  /** Where jobs go that name no namespace. */
  namespace: string;
}

const timeoutMs = 1_000;

export function templateCheck(deps: TemplateCheckDeps): (submission: JobSubmission) => Promise<Refusal | undefined> {
  return async (submission) => {
    const trial = trialManifest(deps, submission);
    const result = await deps.cluster.create(jobsResource, trial, { dryRun: true, timeoutMs });
    if (result.outcome !== 'refused' || !isAboutTheTemplate(result.status)) return undefined;
    const errors = [{ pointer: '/template', detail: result.message }];
    return { code: 'template_refused', detail: `Kubernetes refuses the job: ${result.message}`, errors };
  };
}

/** 400 and 422: the object is wrong. A 403 (quota, rights) or 409 may be different at dispatch. */
function isAboutTheTemplate(status: number): boolean {
  return status === 400 || status === 422;
}

function trialManifest({ clock, random, manifest, namespace }: TemplateCheckDeps, submission: JobSubmission) {
  const at = clock.now();
  const jobId = random.uuid(at);
  const job: Job = { ...submission, jobId, sequence: 0, state: 'running', attempt: 1, createdAt: at };
  const name = workloadName(submission.name, jobId, 1);
  const attempt: Attempt = {
    attempt: 1,
    dispatchSequence: 0,
    dispatchedAt: at,
    creation: 'requested',
    workload: { kind: 'Job', namespace: submission.namespace ?? namespace, name },
  };
  return manifest(job, attempt);
}
