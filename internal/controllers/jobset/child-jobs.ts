// The Jobs of a JobSet: what is kept of each, and into which of five lists it belongs. Whose a Job is says its controller's
// UID alone; which replicated job it is of says its name, which nobody can change, and its label only where the name says
// nothing. Pure.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { list, text } from '../../../pkg/kubernetes/conditions.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { jobSetApiVersion, jobSetKind, jobSetLabels, type Toleration } from '../../../pkg/models/index.ts';
import { restartAttemptOf } from './restart-attempt.ts';

export interface ChildJob {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  /** The JobSet that controls it. */
  owner: { uid: string; name: string };
  /** By its label. */
  replicatedJob?: string;
  /** Undefined when the label is gone or is no number. */
  attempt: number | undefined;
  suspended: boolean;
  deleting: boolean;
  /** Pods that it wants at once. */
  pods: number;
  active: number;
  ready: number;
  succeeded: number;
  started: boolean;
  end?: JobEnd;
  /** Of its pod template; kept only while it is suspended. */
  tolerations?: readonly Toleration[];
  schedulingGates?: ReadonlyArray<{ name: string }>;
}

export interface JobEnd {
  type: 'Complete' | 'Failed';
  reason: string;
  message: string;
  /** RFC 3339 */
  at: string;
}

export interface Children {
  /** Of attempts before this one. */
  previous: ChildJob[];
  successful: ChildJob[];
  failed: ChildJob[];
  active: ChildJob[];
  /** Somebody took their attempt away: nothing is done about them. */
  odd: ChildJob[];
}

/** Undefined for a Job that no JobSet controls. Throws for one that makes no sense. */
export function childJob(object: KubernetesObject): ChildJob | undefined {
  const owner = jobSetOf(object);
  if (owner === undefined) return undefined;
  const { metadata } = object;
  const [spec, status, labels] = [fields(object.spec), fields(object.status), fields(metadata.labels)];
  const replicatedJob = text(labels[jobSetLabels.replicatedJobName]);
  const end = endOf(status);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    owner,
    ...(replicatedJob ? { replicatedJob } : {}),
    attempt: restartAttemptOf(labels),
    suspended: spec.suspend === true,
    deleting: metadata.deletionTimestamp !== undefined,
    pods: podsOf(spec),
    active: countOf(status.active),
    ready: countOf(status.ready),
    succeeded: countOf(status.succeeded),
    started: text(status.startTime) !== undefined,
    ...(end ? { end } : {}),
    ...(spec.suspend === true ? changeableOf(spec) : {}),
  };
}

export function sortChildren(jobs: Iterable<ChildJob>, restarts: number): Children {
  const children: Children = { previous: [], successful: [], failed: [], active: [], odd: [] };
  for (const job of jobs) children[placeOf(job, restarts)].push(job);
  return children;
}

function placeOf({ attempt, end }: ChildJob, restarts: number): keyof Children {
  if (attempt === undefined) return 'odd';
  if (attempt < restarts) return 'previous';
  if (end === undefined) return 'active';
  return end.type === 'Complete' ? 'successful' : 'failed';
}

function jobSetOf({ metadata }: KubernetesObject): ChildJob['owner'] | undefined {
  const owner = controllerReference(metadata);
  if (owner?.kind !== jobSetKind || owner.apiVersion !== jobSetApiVersion) return undefined;
  const [uid, name] = [text(owner.uid), text(owner.name)];
  return uid && name ? { uid, name } : undefined;
}

function podsOf({ parallelism, completions }: Record<string, unknown>): number {
  const atOnce = typeof parallelism === 'number' ? parallelism : 1;
  return typeof completions === 'number' ? Math.min(atOnce, completions) : atOnce;
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function endOf(status: Record<string, unknown>): JobEnd | undefined {
  const ends = list(status.conditions).filter((one) => one.status === 'True');
  const end = ends.find(({ type }) => type === 'Complete' || type === 'Failed');
  if (end === undefined) return undefined;
  return {
    type: end.type === 'Complete' ? 'Complete' : 'Failed',
    reason: text(end.reason) ?? '',
    message: text(end.message) ?? '',
    at: text(end.lastTransitionTime) ?? '',
  };
}

function changeableOf(spec: Record<string, unknown>): Pick<ChildJob, 'tolerations' | 'schedulingGates'> {
  const pods = fields(fields(spec.template).spec);
  return {
    tolerations: list(pods.tolerations) as Toleration[],
    schedulingGates: list(pods.schedulingGates) as unknown as Array<{ name: string }>,
  };
}
