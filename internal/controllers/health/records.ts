// What is kept of each watched object: the fields that decide its health and are shown, nothing else. Pure. Shapes come from
// JSON that others wrote; what makes no sense throws, for the informer to skip and report.
import {
  jobsResource,
  type KubernetesObject,
  pytorchJobsResource,
  type Resource,
} from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, conditionOf, list, text } from '../../../pkg/kubernetes/conditions.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import {
  type ContainerIssue,
  containerIssues,
  isPodUnschedulable,
  longestName,
  type PodInfo,
  podInfo,
  shortened,
} from './pod-info.ts';

export const watchedKinds = ['JobSet', 'PyTorchJob', 'Job'] as const;
export type WatchedKind = (typeof watchedKinds)[number];

export const jobSetsResource: Resource = {
  group: 'jobset.x-k8s.io',
  version: 'v1alpha2',
  plural: 'jobsets',
  kind: 'JobSet',
};

export const resourceOf: Readonly<Record<WatchedKind, Resource>> = {
  JobSet: jobSetsResource,
  PyTorchJob: pytorchJobsResource,
  Job: jobsResource,
};

/** The words for JobSets, PyTorchJobs and Jobs alike. */
export const workloadStates = ['Running', 'Pending', 'Suspended', 'Complete', 'Failed'] as const;
export type WorkloadState = (typeof workloadStates)[number];

export interface LastCondition {
  type: string;
  status: string;
}

export interface WorkloadRecord {
  kind: WatchedKind;
  namespace: string;
  name: string;
  uid: string;
  /** Of its controller, such as the JobSet of a Job. */
  owner?: { uid: string; kind: string; name: string };
  /** By its own condition. */
  finished?: 'Complete' | 'Failed';
  /** Why it failed. */
  failure?: Condition;
  suspended: boolean;
  /** Its own status says that something of it runs or has run. */
  started: boolean;
  restarts: number;
  lastCondition?: LastCondition;
}

export interface PodRecord {
  namespace: string;
  /** The uid of its controller; labels are never asked. */
  owner: string;
  info: PodInfo;
  state: string;
  issues: ContainerIssue[];
}

/** Pods of Deployments and the like are many, and nothing is kept of them. */
export const notOfAWorkload = undefined;

type Fields = Record<string, unknown>;

/** Undefined for a pod that no watched kind of workload made. Throws for one that makes no sense. */
export function podRecord(pod: KubernetesObject): PodRecord | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined || !watchedKinds.some((kind) => kind === owner.kind)) return notOfAWorkload;
  const info = podInfo(pod);
  const unschedulable = info.phase === 'Pending' && isPodUnschedulable(pod);
  return {
    namespace: text(pod.metadata.namespace) ?? '',
    owner: owner.uid,
    info,
    state: unschedulable ? 'Unschedulable' : info.phase,
    issues: containerIssues(info),
  };
}

/** Throws for one that makes no sense. */
export function workloadRecord(kind: WatchedKind, object: KubernetesObject): WorkloadRecord {
  const { metadata, status } = object;
  const uid = text(metadata.uid);
  if (uid === undefined) throw new Error('it has no metadata.uid');
  if (status !== undefined && (typeof status !== 'object' || Array.isArray(status)))
    throw new Error('its status is odd');
  const owner = controllerOf(object);
  const last = lastConditionOf(status);
  const { restarts } = fields(status);
  return {
    kind,
    namespace: text(metadata.namespace) ?? '',
    name: metadata.name,
    uid,
    ...(owner ? { owner } : {}),
    ...endOf(kind, status),
    suspended: isSuspended(kind, object),
    started: hasStarted(kind, fields(status)),
    restarts: Number.isSafeInteger(restarts) ? Math.max(0, Number(restarts)) : 0,
    ...(last ? { lastCondition: last } : {}),
  };
}

const completeTypes: Readonly<Record<WatchedKind, string>> = {
  JobSet: 'Completed',
  PyTorchJob: 'Succeeded',
  Job: 'Complete',
};

function endOf(kind: WatchedKind, status: unknown): Pick<WorkloadRecord, 'finished' | 'failure'> {
  const failure = conditionOf(status, 'Failed', 'True');
  if (failure) return { finished: 'Failed', failure: shortened({ ...failure }) };
  return conditionOf(status, completeTypes[kind], 'True') ? { finished: 'Complete' } : {};
}

function isSuspended(kind: WatchedKind, { spec, status }: KubernetesObject): boolean {
  const policy = kind === 'PyTorchJob' ? fields(fields(spec).runPolicy) : fields(spec);
  return policy.suspend === true || conditionOf(status, 'Suspended', 'True') !== undefined;
}

function hasStarted(kind: WatchedKind, status: Fields): boolean {
  if (kind === 'PyTorchJob')
    return ['Running', 'Restarting'].some((type) => conditionOf(status, type, 'True') !== undefined);
  const counts = [status.ready, status.succeeded, status.failed];
  return kind === 'Job' && counts.some((count) => typeof count === 'number' && count > 0);
}

/** The newest by its transition; of several in one second the last one, for that is the order in which they are added. */
export function lastConditionOf(status: unknown): LastCondition | undefined {
  let newest: Fields | undefined;
  for (const each of list(fields(status).conditions)) {
    if (text(each.type) === undefined) continue;
    if (newest === undefined || timeOf(each) >= timeOf(newest)) newest = each;
  }
  return newest && { type: String(newest.type).slice(0, 316), status: (text(newest.status) ?? 'Unknown').slice(0, 16) };
}

/** Kubernetes' times sort as text. */
function timeOf({ lastTransitionTime }: Fields): string {
  return text(lastTransitionTime) ?? '';
}

function controllerOf({ metadata }: KubernetesObject): WorkloadRecord['owner'] {
  const found = controllerReference(metadata);
  const [uid, kind, name] = [text(found?.uid), text(found?.kind), text(found?.name)];
  return uid && kind && name ? { uid, kind: kind.slice(0, longestName), name: name.slice(0, longestName) } : undefined;
}
