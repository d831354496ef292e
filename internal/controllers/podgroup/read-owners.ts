// Asks the API server what the owners of a group's pods declare: Jobs, the JobSets behind them, and StatefulSets, each read
// afresh and once. An owner that cannot be read, or is gone, is an answer of its own: the group is then not called ready.
import { type ApiResult, type Cluster, jobsResource, type Resource } from '../../../pkg/kubernetes/cluster.ts';
import { withRightsHint } from '../../../pkg/kubernetes/rights.ts';
import { jobSetsResource } from '../health/records.ts';
import type { Obstacle } from './assess.ts';
import { controllerOf, type GroupPod, type Owner } from './records.ts';
import { declaredPods, type GroupLabel, type OwnerCount } from './size.ts';

const statefulSetsResource: Resource = { group: 'apps', version: 'v1', plural: 'statefulsets', kind: 'StatefulSet' };

export interface OwnersRead {
  owners: OwnerCount[];
  /** Pods without an owner that could declare how many there are. */
  ownerless: number;
}

export type OwnersAnswer =
  | ({ outcome: 'ok' } & OwnersRead)
  | { outcome: 'failed'; obstacle: Obstacle; isFinal: boolean; retryAfterMs: number };

type Reads = Pick<Cluster, 'get'>;
type Failed = Extract<OwnersAnswer, { outcome: 'failed' }>;

interface OwnerPods {
  owner: Owner;
  pods: number;
}

const readsAtOnce = 8;

export function couldDeclare({ owner }: GroupPod): boolean {
  return owner !== undefined && resourceOf(owner) !== undefined;
}

export async function readOwners(
  cluster: Reads,
  namespace: string,
  pods: readonly GroupPod[],
  group: GroupLabel,
): Promise<OwnersAnswer> {
  const known = ownersOf(pods);
  const ownerless = pods.length - known.reduce((sum, each) => sum + each.pods, 0);
  const totals = new Map<string, OwnerCount>();
  for (let from = 0; from < known.length; from += readsAtOnce) {
    const some = known.slice(from, from + readsAtOnce);
    const answers = await Promise.all(some.map(({ owner }) => readDeclaration(cluster, namespace, owner, group)));
    for (const [index, answer] of answers.entries()) {
      if (answer.outcome !== 'ok') return answer;
      const { uid, title, declared } = answer;
      const total = totals.get(uid) ?? { title, declared, existing: 0 };
      total.existing += some[index]?.pods ?? 0;
      totals.set(uid, total);
    }
  }
  return { outcome: 'ok', owners: [...totals.values()], ownerless };
}

function ownersOf(pods: readonly GroupPod[]): OwnerPods[] {
  const known = new Map<string, OwnerPods>();
  for (const { owner } of pods) {
    if (!owner || !resourceOf(owner)) continue;
    const entry = known.get(owner.uid) ?? { owner, pods: 0 };
    entry.pods += 1;
    known.set(owner.uid, entry);
  }
  return [...known.values()];
}

interface Declaration {
  outcome: 'ok';
  /** Of the owner that counts: the JobSet of a Job, or itself. */
  uid: string;
  title: string;
  declared: number | undefined;
}

async function readDeclaration(
  cluster: Reads,
  namespace: string,
  owner: Owner,
  group: GroupLabel,
): Promise<Declaration | Failed> {
  const resource = resourceOf(owner);
  if (!resource) throw new Error(`a ${owner.kind} declares no number of pods`);
  const found = await cluster.get(resource, namespace, owner.name);
  if (found.outcome !== 'ok' || found.value.metadata.uid !== owner.uid) return failure(owner, found);
  const above = controllerOf(found.value.metadata);
  if (above && resourceOf(above) === jobSetsResource) return readDeclaration(cluster, namespace, above, group);
  const declared = declaredPods(owner.kind, found.value.spec, group);
  return { outcome: 'ok', uid: owner.uid, title: titleOf(owner), declared };
}

/** A JobSet's own owner is nothing that we know, so this ends. */
function resourceOf({ apiVersion, kind }: Owner): Resource | undefined {
  const [group] = apiVersion.split('/');
  return [jobsResource, jobSetsResource, statefulSetsResource].find(
    (each) => each.kind === kind && each.group === group,
  );
}

function titleOf({ kind, name }: Owner): string {
  return `${kind} ${name}`;
}

/** The garbage collector takes the pods of an owner that is gone, or was about to when another one got its name. */
function failure(owner: Owner, answer: ApiResult<unknown>): Failed {
  const title = titleOf(owner);
  const isGone = answer.outcome === 'ok' || (answer.outcome === 'refused' && answer.status === 404);
  if (isGone) {
    const obstacle = { reason: 'owner_gone', message: `${title} is gone, and its pods are about to go` } as const;
    return { outcome: 'failed', obstacle, isFinal: false, retryAfterMs: 0 };
  }
  const obstacle = {
    reason: 'owner_unreadable',
    message: `${title} cannot be read: ${withRightsHint(answer.message, 'podgroup')}`,
  } as const;
  const isFinal = answer.outcome === 'refused' && answer.status !== 429;
  return { outcome: 'failed', obstacle, isFinal, retryAfterMs: answer.retryAfterMs ?? 0 };
}
