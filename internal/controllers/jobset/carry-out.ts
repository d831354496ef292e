// Carries out a plan: deletions, then the Service, the Jobs and their changes, each many at once; when the API server took
// all of it, the status, as one change of the version that was read; when that was taken, the events. Whatever was answered
// goes to the own writes, so that the next pass knows of it. It decides nothing.

import { isDeepStrictEqual } from 'node:util';
import { isAlreadyThere, isNotFound, isRefusedWith } from '../../../pkg/kubernetes/answers.ts';
import { type ApiResult, type Cluster, jobsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { type JobSetStatus, jobSetEventReasons, type TerminalState } from '../../../pkg/models/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { type ChildJob, childJob } from './child-jobs.ts';
import { inParallel } from './in-parallel.ts';
import { servicesResource } from './network.ts';
import type { OwnWrites } from './own-writes.ts';
import type { JobChange, Plan } from './plan.ts';
import { type JobSetRecord, jobSetRecord } from './records.ts';
import { type News, tell } from './tell.ts';

export interface CarryOutDeps {
  cluster: Cluster;
  clock: Clock;
  logger: Logger;
  writes: OwnWrites;
  /** Calls for one JobSet at once. */
  atOnce: number;
  finished(jobSet: JobSetRecord, state: TerminalState): void;
}

/** `conflict`: the status was changed by somebody since it was read. */
export type Carried = { outcome: 'done' } | { outcome: 'conflict' } | Failed;
export interface Failed {
  outcome: 'failed';
  message: string;
  /** The API server read it and said no. */
  refused: boolean;
  /** Something could not be made. */
  making?: true;
  retryAfterMs?: number;
}

type Refusal = Exclude<ApiResult<never>, { outcome: 'ok' }>;
type Step = (deps: CarryOutDeps, jobSet: JobSetRecord, plan: Plan) => Promise<Failed | undefined>;

export async function carryOut(deps: CarryOutDeps, jobSet: JobSetRecord, plan: Plan): Promise<Carried> {
  const making: Step[] = [tellOfProblem, makeService, makeJobs];
  // What is suspended stops, also while something of it cannot be made.
  const rest = jobSet.suspended ? [changeJobs, ...making] : [...making, changeJobs];
  const steps: Step[] = [deleteJobs, tellOfOdd, ...rest];
  for (const step of steps) {
    const failed = await step(deps, jobSet, plan);
    if (failed) return failed;
  }
  const written = await writeStatus(deps, jobSet, plan);
  if (written.outcome !== 'done' || !plan.deleteJobSet) return written;
  return deleteJobSet(deps, jobSet);
}

const deleteJobs: Step = async ({ cluster, clock, writes, atOnce }, { namespace }, { deletions }) => {
  const failures: Refusal[] = [];
  await inParallel(deletions, atOnce, async (job) => {
    const answer = await cluster.delete(jobsResource, namespace, job.name, { propagation: 'foreground', uid: job.uid });
    if (answer.outcome === 'ok' || isGone(answer)) writes.noteDeletion(job, clock.now());
    else failures.push(answer);
  });
  return failed(failures);
};

/** Reported once, and left alone. */
const tellOfOdd: Step = async (deps, jobSet, { odd }) => {
  for (const { name, uid } of odd.filter((job) => deps.writes.noteTold(job))) {
    const message = `the Job ${name} has no number in its label jobset.sigs.k8s.io/restart-attempt; it is left alone`;
    await report(deps, jobSet, { type: 'Warning', reason: 'InvalidRestartAttempt', message, occasion: uid });
  }
  return undefined;
};

const tellOfProblem: Step = async (deps, jobSet, { problem }) => {
  if (problem === undefined) return undefined;
  await report(deps, jobSet, warning(jobSetEventReasons.jobRefused, problem));
  return { outcome: 'failed', message: problem, refused: false, making: true, retryAfterMs: refusedAgainMs };
};

/** Nothing changes until somebody changes something else, such as a PriorityClass. */
const refusedAgainMs = 60_000;

/** One that is there already serves, whoever made it. */
const makeService: Step = async (deps, jobSet, { service }) => {
  if (service === undefined) return undefined;
  const answer = await deps.cluster.create(servicesResource, service);
  if (answer.outcome === 'ok' || isAlreadyThere(answer)) {
    deps.writes.noteService(`${jobSet.namespace}/${service.metadata.name}`, deps.clock.now());
    return undefined;
  }
  if (answer.outcome === 'refused')
    await report(deps, jobSet, warning(jobSetEventReasons.serviceRefused, answer.message));
  return failed([answer]);
};

const makeJobs: Step = async (deps, jobSet, { creations }) => {
  const failures: Array<{ name: string; answer: Refusal }> = [];
  const make = async (job: KubernetesObject): Promise<void> => {
    const answer = await makeJob(deps, jobSet, job);
    if (answer.outcome !== 'ok') failures.push({ name: job.metadata.name, answer });
  };
  await inParallel(creations, deps.atOnce, make, () => failures.some(({ answer }) => holdsForAll(answer)));
  const refusals = failures.filter(({ answer }) => answer.outcome === 'refused');
  const words = refusals.map(({ name, answer }) => `job "${name}" creation failed with error: ${answer.message}`);
  if (words.length > 0) await report(deps, jobSet, warning(jobSetEventReasons.jobRefused, words.sort().join('\n')));
  const first = failed(failures.map(({ answer }) => answer));
  return first && { ...first, making: true };
};

async function makeJob(
  { cluster, clock, writes }: CarryOutDeps,
  { uid, namespace }: JobSetRecord,
  manifest: KubernetesObject,
): Promise<ApiResult<unknown>> {
  let answer = await cluster.create(jobsResource, manifest);
  if (isAlreadyThere(answer)) {
    const taken = await cluster.get(jobsResource, namespace, manifest.metadata.name);
    if (taken.outcome !== 'ok') return taken;
    if (childJob(taken.value)?.owner.uid === uid) answer = taken;
  }
  const job = answer.outcome === 'ok' ? childJob(answer.value) : undefined;
  if (job) writes.noteJob(job, clock.now());
  return answer;
}

/** A quota or a missing right meets the next Job as well. */
function holdsForAll(answer: Refusal): boolean {
  return answer.outcome === 'refused' && (answer.status === 403 || answer.status === 429);
}

const changeJobs: Step = async (deps, _jobSet, { changes }) => {
  const failures: Refusal[] = [];
  await inParallel(changes, deps.atOnce, async (change) => {
    const answer = await changeJob(deps, change);
    if (answer.outcome !== 'ok' && !isNotFound(answer)) failures.push(answer);
  });
  return failed(failures);
};

/** Only as it was read: what is merged over must be what is there. */
async function changeJob(deps: CarryOutDeps, { job, clearStartTime, spec }: JobChange): Promise<ApiResult<unknown>> {
  const { cluster } = deps;
  let { resourceVersion } = job;
  if (clearStartTime) {
    const cleared = await cluster.patch(
      ...at(job),
      { metadata: { uid: job.uid, resourceVersion }, status: { startTime: null } },
      { subresource: 'status' },
    );
    if (cleared.outcome !== 'ok') return afresh(deps, job, cleared);
    resourceVersion = cleared.value.metadata.resourceVersion ?? resourceVersion;
  }
  const answer = await cluster.patch(...at(job), { metadata: { uid: job.uid, resourceVersion }, spec });
  if (answer.outcome !== 'ok') return afresh(deps, job, answer);
  note(deps, answer.value);
  return answer;
}

/** Somebody changed it meanwhile: the next pass sees it as it is now. */
async function afresh(deps: CarryOutDeps, job: ChildJob, answer: Refusal): Promise<ApiResult<unknown>> {
  if (!isRefusedWith(answer, 409)) return answer;
  const found = await deps.cluster.get(...at(job));
  if (found.outcome === 'ok') note(deps, found.value);
  return answer;
}

function note({ writes, clock }: CarryOutDeps, object: KubernetesObject): void {
  const job = childJob(object);
  if (job) writes.noteJob(job, clock.now());
}

function at({ namespace, name }: ChildJob): [typeof jobsResource, string, string] {
  return [jobsResource, namespace, name];
}

async function writeStatus(deps: CarryOutDeps, jobSet: JobSetRecord, plan: Plan): Promise<Carried> {
  if (plan.status === undefined) return { outcome: 'done' };
  const answer = await patchStatus(deps, jobSet, plan.status);
  if (answer.outcome !== 'ok') {
    if (isNotFound(answer)) return { outcome: 'done' };
    return isRefusedWith(answer, 409) ? { outcome: 'conflict' } : failure(answer);
  }
  deps.writes.noteJobSet(`${jobSet.namespace}/${jobSet.name}`, jobSetRecord(answer.value));
  if (plan.finished) deps.finished(jobSet, plan.finished);
  for (const event of plan.events) await tell(deps, jobSet, event, deps.clock.now());
  return { outcome: 'done' };
}

/** A lost answer is asked about, so that what was taken is also told, and the next pass begins with what is there. */
async function patchStatus(
  { cluster, writes }: CarryOutDeps,
  { namespace, name, uid, resourceVersion }: JobSetRecord,
  status: JobSetStatus,
): Promise<ApiResult<KubernetesObject>> {
  const patch = { metadata: { uid, resourceVersion }, status };
  const answer = await cluster.patch(jobSetsResource, namespace, name, patch, { subresource: 'status' });
  if (answer.outcome !== 'unknown') return answer;
  const found = await cluster.get(jobSetsResource, namespace, name);
  if (found.outcome !== 'ok') return answer;
  writes.noteJobSet(`${namespace}/${name}`, jobSetRecord(found.value));
  return isDeepStrictEqual(found.value.status, status) ? found : answer;
}

async function deleteJobSet({ cluster }: CarryOutDeps, { namespace, name, uid }: JobSetRecord): Promise<Carried> {
  const answer = await cluster.delete(jobSetsResource, namespace, name, { propagation: 'foreground', uid });
  return answer.outcome === 'ok' || isGone(answer) ? { outcome: 'done' } : failure(answer);
}

function warning(reason: string, message: string): News {
  return { type: 'Warning', reason, message, occasion: message };
}

async function report(deps: CarryOutDeps, jobSet: JobSetRecord, news: News): Promise<void> {
  const { namespace, name } = jobSet;
  deps.logger.warn({ namespace, jobSet: name, reason: news.reason, problem: news.message }, 'a JobSet has a problem');
  await tell(deps, jobSet, news, deps.clock.now());
}

function failed(failures: readonly Refusal[]): Failed | undefined {
  return failures[0] && failure(failures[0]);
}

function failure({ outcome, status, message, retryAfterMs }: Refusal): Failed {
  const refused = outcome === 'refused' && ![409, 429].includes(status ?? 0);
  return { outcome: 'failed', message, refused, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Or the name is another object's by now. */
function isGone(answer: ApiResult<unknown>): boolean {
  return isNotFound(answer) || isRefusedWith(answer, 409);
}
