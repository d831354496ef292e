// One create, and which of its three outcomes the answer is: made, refused, unknown.
// Rule: a create whose answer was lost is first asked about by name, for what it made may be why the next is refused
// (a quota that it used up). "Already exists" is made when the object has all our marks, also when it is on its way out
// (docs/decisions/0005); one that is somebody else's is a refusal. Whatever else leaves a doubt is unknown: the same name
// is created again later. What the policy forbids by now is never sent; but what an earlier create may have made is
// looked for first, for it is running then and has to be followed. And nothing is sent for an attempt that came to its end
// while the create waited for its turn or for the answer to that question.
import { isAlreadyThere, isNotFound } from '../../pkg/kubernetes/answers.ts';
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../pkg/kubernetes/workload-kinds.ts';
import type { Attempt, Job } from '../../pkg/models/index.ts';
import type { AttemptStanding } from '../core/policies/late-create.ts';
import { attemptOf, isOurs } from './identity.ts';
import { type CreateOutcome, messageOf, waitOf } from './outcomes.ts';
import { classifyRefusal, surelyUnread } from './refusals.ts';

export interface CreateDeps {
  cluster: Cluster;
  queueId: string;
  /** The manifest of an attempt; pure. */
  manifest(job: Job, attempt: Attempt): KubernetesObject;
  /** Why this object must not be sent, if anything; pure. */
  forbids?(object: KubernetesObject): string | undefined;
  /** Whether the attempt still holds a slot; always when absent. */
  wanted?(jobId: string, attempt: number): boolean;
  /** How an attempt of ours stands, this one or another; undefined for one that no row knows, and always when absent. */
  standing?(jobId: string, attempt: number): AttemptStanding | undefined;
}

export async function createWorkload(deps: CreateDeps, job: Job, attempt: Attempt): Promise<CreateOutcome> {
  const manifest = build(deps, job, attempt);
  if ('refusal' in manifest) return refusedForGood(manifest.refusal);
  if (attempt.creation === 'unknown') {
    const found = await find(deps, attempt);
    if (found.outcome === 'ok') return judge(deps, job, attempt, found.value);
    if (!isNotFound(found)) return { ...unsettled(found, 'it cannot be read whether it exists'), surelyNotMade: true };
  }
  const forbidden = deps.forbids?.(manifest.object);
  if (forbidden !== undefined) return refusedForGood(forbidden);
  if (deps.wanted?.(job.jobId, attempt.attempt) === false) return notSent;
  const result = await deps.cluster.create(manifest.resource, manifest.object);
  const { installation } = rulesOfKind(attempt.workload.kind);
  return isAlreadyThere(result) ? adopt(deps, job, attempt) : outcomeOf(result, installation);
}

const notSent: CreateOutcome = {
  kind: 'create_unknown',
  surelyNotMade: true,
  message: 'its attempt was over before the create was sent',
};

type Built = { object: KubernetesObject; resource: Resource } | { refusal: string };

function build(deps: CreateDeps, job: Job, attempt: Attempt): Built {
  try {
    return { object: deps.manifest(job, attempt), resource: rulesOfKind(attempt.workload.kind).resource };
  } catch (error) {
    return { refusal: `no manifest can be made of this job: ${messageOf(error)}` };
  }
}

function outcomeOf(result: ApiResult<KubernetesObject>, installation: string | undefined): CreateOutcome {
  if (result.outcome === 'ok') return made(result.value);
  const refusal = result.outcome === 'refused' ? classifyRefusal(result) : undefined;
  if (refusal) return { kind: 'create_refused', refusal, message: withAdvice(result.message, installation) };
  return {
    kind: 'create_unknown',
    surelyNotMade: surelyUnread(result),
    message: result.message,
    ...waitOf(result),
  };
}

/** So a 404 says that there is no such kind, and not that there is no such namespace. */
const noSuchKind = 'could not find the requested resource';

function withAdvice(message: string, installation: string | undefined): string {
  return installation !== undefined && message.includes(noSuchKind) ? `${message}: ${installation}` : message;
}

/** Something has our name already, or had it a moment ago: perhaps what an earlier create of ours made. */
async function adopt(deps: CreateDeps, job: Job, attempt: Attempt): Promise<CreateOutcome> {
  const found = await find(deps, attempt);
  if (found.outcome === 'ok') return judge(deps, job, attempt, found.value);
  return unsettled(found, 'it exists already and cannot be read');
}

async function judge(
  deps: CreateDeps,
  job: Job,
  { attempt, workload }: Attempt,
  found: KubernetesObject,
): Promise<CreateOutcome> {
  if (isOurs(found, deps.queueId, job.jobId, attempt)) return made(found);
  const { namespace, name } = found.metadata;
  const what = `a ${workload.kind} named ${namespace}/${name}`;
  const other = attemptOf(found, deps.queueId);
  const standing = other && deps.standing?.(other.jobId, other.attempt);
  if (other === undefined || standing === undefined)
    return refusedForGood(`${what} that does not belong to this job exists already`);
  const isGoing = found.metadata.deletionTimestamp !== undefined;
  if (standing === 'running' && !isGoing) return refusedForGood(`${what} runs already, for the job ${other.jobId}`);
  return makeRoom(deps, found, standing);
}

/** Attempts that share a name follow one another: the object of one that is over goes, and the create is tried again. */
async function makeRoom(
  { cluster }: CreateDeps,
  { kind, metadata }: KubernetesObject,
  standing: AttemptStanding,
): Promise<CreateOutcome> {
  const { namespace = '', name, uid, deletionTimestamp } = metadata;
  const message = `the ${kind} of an earlier attempt has its name, and is being deleted`;
  const wait: CreateOutcome = { kind: 'create_unknown', surelyNotMade: true, message };
  if (standing === 'settling' || deletionTimestamp !== undefined) return wait;
  const { resource } = rulesOfKind(kind);
  const result = await cluster.delete(resource, namespace, name, { propagation: 'foreground', ...(uid && { uid }) });
  return { ...wait, ...waitOf(result.outcome === 'ok' ? {} : result) };
}

function find({ cluster }: CreateDeps, { workload }: Attempt): Promise<ApiResult<KubernetesObject>> {
  return cluster.get(rulesOfKind(workload.kind).resource, workload.namespace, workload.name);
}

function made(object: KubernetesObject): CreateOutcome {
  return { kind: 'create_made', uid: String(object.metadata.uid ?? '') };
}

function refusedForGood(message: string): CreateOutcome {
  return { kind: 'create_refused', refusal: 'permanent', message };
}

function unsettled(
  result: Exclude<ApiResult<unknown>, { outcome: 'ok' }>,
  what: string,
): Extract<CreateOutcome, { kind: 'create_unknown' }> {
  return { kind: 'create_unknown', surelyNotMade: false, message: `${what}: ${result.message}`, ...waitOf(result) };
}
