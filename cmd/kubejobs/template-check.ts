// Asks the API server, by a dry run, whether it would take a job that comes with a template or a manifest, so that a bad
// one is refused at submit with the API server's own words. A kind that the API server does not have, or that kubejobs has
// no rights to, is refused with what to do about it; it is looked for afresh each time, so what is installed later works.
// When nobody can tell in time, the job is accepted and judged at dispatch: a slow API server must not hold up those who
// submit.
import type { Clock } from '../../internal/platform/clock.ts';
import type { Random } from '../../internal/platform/random.ts';
import type { ApiResult, Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { workloadReference } from '../../pkg/kubernetes/naming.ts';
import { type KindRules, rulesOfKind } from '../../pkg/kubernetes/workload-kinds.ts';
import type { Attempt, Job, JobSubmission, Refusal } from '../../pkg/models/index.ts';
import type { ManifestOf } from './cluster-side.ts';

export interface TemplateCheckDeps {
  cluster: Cluster;
  clock: Clock;
  random: Random;
  manifest: ManifestOf;
  /** Where jobs go that name no namespace. */
  namespace: string;
  /** Where workloads are watched; none: everywhere. */
  watched: readonly string[];
  /** Why nobody would run a workload of this kind, if so; looks afresh. */
  unrunnable?(kind: string): Promise<string | undefined>;
}

const timeoutMs = 1_000;

export function templateCheck(deps: TemplateCheckDeps): (submission: JobSubmission) => Promise<Refusal | undefined> {
  return async (submission) => {
    const trial = trialManifest(deps, submission);
    const rules = rulesOfKind(trial.kind);
    const result = await deps.cluster.create(rules.resource, trial, { dryRun: true, timeoutMs });
    if (result.outcome === 'unknown') return undefined;
    if (result.outcome === 'refused' && isAboutTheObject(result.status)) {
      return refusedObject(submission, result.message);
    }
    if (rules.installation === undefined) return undefined;
    return (await judgeKind(deps, rules, trial)) ?? judgeWhoRuns(deps, trial.kind);
  };
}

/** 400 and 422: the object is wrong. A 403 (quota, rights) or 409 may be different at dispatch. */
function isAboutTheObject(status: number): boolean {
  return status === 400 || status === 422;
}

function refusedObject({ workload }: JobSubmission, message: string): Refusal {
  const errors = [{ pointer: workload.manifest ? '/workload' : '/template', detail: message }];
  return { code: 'template_refused', detail: `Kubernetes refuses the job: ${message}`, errors };
}

/**
 * Whether workloads of the kind can be followed: a list where they are watched says it. The dry run's own answer does not,
 * for a 404 may be about the namespace and a 403 about a quota, and one who may create need not be allowed to watch.
 */
async function judgeKind(
  { cluster, clock, watched }: TemplateCheckDeps,
  rules: KindRules,
  { metadata }: KubernetesObject,
): Promise<Refusal | undefined> {
  const { kind, plural, group } = rules.resource;
  const scope = watched.length === 0 || metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  const what = whatIsMissing(await inTime(clock, cluster.list(rules.resource, { ...scope, limit: 1 })));
  if (what === undefined) return undefined;
  const where = scope.namespace === undefined ? 'in all namespaces' : `in the namespace ${scope.namespace}`;
  const rights = kind === 'JobSet' ? 'jobset' : plural;
  const file = scope.namespace === undefined ? `${rights}-cluster` : rights;
  const detail =
    what === 'kind'
      ? `The cluster has no ${kind}s (${plural}.${group}): ${rules.installation}.`
      : `The server has no rights to ${kind}s ${where} (deploy/rbac/${file}.yaml gives them), and can't see whether ` +
        `the cluster has them. If not: ${rules.installation}.`;
  return { code: 'workload_kind_unavailable', detail, errors: [{ pointer: '/workload/kind', detail }] };
}

/** An API server that is asked too long does not hold up who submits. */
async function judgeWhoRuns({ clock, unrunnable }: TemplateCheckDeps, kind: string): Promise<Refusal | undefined> {
  const why = unrunnable && (await inTime(clock, unrunnable(kind)));
  if (why === undefined) return undefined;
  const detail = `${why}.`;
  return { code: 'workload_kind_unavailable', detail, errors: [{ pointer: '/workload/kind', detail }] };
}

function whatIsMissing(listed: ApiResult<unknown> | undefined): 'kind' | 'rights' | undefined {
  if (listed?.outcome !== 'refused') return undefined;
  if (listed.status === 404) return 'kind';
  return listed.status === 403 ? 'rights' : undefined;
}

function inTime<T>(clock: Clock, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => resolve(undefined));
    work.then(resolve, reject).finally(cancel);
  });
}

function trialManifest({ clock, random, manifest, namespace }: TemplateCheckDeps, submission: JobSubmission) {
  const at = clock.now();
  const jobId = random.uuid(at);
  const job: Job = { ...submission, jobId, sequence: 0, state: 'running', attempt: 1, createdAt: at };
  const attempt: Attempt = {
    attempt: 1,
    dispatchSequence: 0,
    dispatchedAt: at,
    creation: 'requested',
    workload: workloadReference(job, 1, namespace),
  };
  return manifest(job, attempt);
}
