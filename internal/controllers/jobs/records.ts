// What the jobs controller keeps of each Job and each Pod: the fields that decide an observation and nothing else, since
// ten thousand of them are in memory. The shapes are read from JSON that others wrote, so nothing is taken for granted.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { type Condition, condition, conditionOf, list, text } from '../../../pkg/kubernetes/conditions.ts';
import { attemptLabel, jobIdLabel } from '../../../pkg/kubernetes/labels.ts';
import { controllerReference } from '../../../pkg/kubernetes/owner.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { rulesOfKind, type WorkloadState } from '../../../pkg/kubernetes/workload-kinds.ts';
import { jobSetLabels } from '../../../pkg/models/index.ts';
import { restartAttemptOf } from '../jobset/restart-attempt.ts';

/** A Job, or a workload of another kind that stands for one. */
export interface JobRecord extends WorkloadState {
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  /** `<jobId>/<attempt>`; undefined when the labels are missing or odd. */
  key: string | undefined;
  /** Somebody deleted it, and it is not gone yet. */
  deleted: boolean;
}

export type ContainerKind = 'init' | 'regular' | 'sidecar';

export interface ContainerRecord {
  name: string;
  kind: ContainerKind;
  /** Why it waits. */
  waiting?: Condition;
  /** How it ended: now, or the last time when it was started again since. */
  ended?: Condition & { exitCode: number; finishedAt: string };
}

export interface PodRecord {
  name: string;
  uid: string;
  key: string | undefined;
  /** The uid of the Job that made it. */
  owner?: string;
  /** The JobSet that made that Job, and how often it had been restarted then. */
  jobSet?: { uid: string; restarts: number };
  phase: string;
  reason?: string;
  message?: string;
  deleted: boolean;
  /** That was before it had ended. No state of a pod tells, only a watch that saw it. */
  deletedAlive?: true;
  /** PodScheduled is False because no node takes it. */
  unschedulable?: Condition;
  /** DisruptionTarget is True. */
  disrupted?: Condition;
  /** In the order in which they are asked for an exit code: init, regular, sidecars. */
  containers: ContainerRecord[];
}

type Fields = Record<string, unknown>;

export function projectJob(object: KubernetesObject): JobRecord {
  const { kind, metadata } = object;
  return {
    kind,
    namespace: text(metadata.namespace) ?? '',
    name: metadata.name,
    uid: text(metadata.uid) ?? '',
    key: attemptKeyOf(object),
    ...rulesOfKind(kind).stateOf(object),
    deleted: metadata.deletionTimestamp !== undefined,
  };
}

export function projectPod(object: KubernetesObject): PodRecord {
  const { metadata } = object;
  const status = fields(object.status);
  const owner = controllerReference(metadata)?.uid;
  const scheduled = conditionOf(status, 'PodScheduled', 'False');
  const disrupted = conditionOf(status, 'DisruptionTarget', 'True');
  return {
    name: metadata.name,
    uid: text(metadata.uid) ?? '',
    key: attemptKeyOf(object),
    ...(typeof owner === 'string' ? { owner } : {}),
    ...jobSetOf(fields(metadata.labels)),
    phase: text(status.phase) ?? 'Unknown',
    ...condition(status),
    deleted: metadata.deletionTimestamp !== undefined,
    ...(scheduled?.reason === 'Unschedulable' ? { unschedulable: scheduled } : {}),
    ...(disrupted ? { disrupted } : {}),
    containers: containersOf(fields(object.spec), status),
  };
}

/** The Job between them is not watched, so the labels say it that the JobSet's controller puts on every pod. */
function jobSetOf(labels: Fields): Pick<PodRecord, 'jobSet'> {
  const uid = text(labels[jobSetLabels.jobSetUid]);
  const restarts = restartAttemptOf(labels);
  return uid === undefined || restarts === undefined ? {} : { jobSet: { uid, restarts } };
}

/** `<jobId>/<attempt>` from our labels. */
export function attemptKeyOf(object: KubernetesObject): string | undefined {
  const labels = fields(object.metadata.labels);
  const jobId = text(labels[jobIdLabel]);
  const attempt = text(labels[attemptLabel]);
  if (!jobId || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(jobId)) return undefined;
  return attempt && /^[1-9]\d{0,8}$/.test(attempt) ? attemptKey(jobId, Number(attempt)) : undefined;
}

export function attemptKey(jobId: string, attempt: number): string {
  return `${jobId}/${attempt}`;
}

export function parseAttemptKey(key: string): { jobId: string; attempt: number } {
  const [jobId = '', attempt = ''] = key.split('/');
  return { jobId, attempt: Number(attempt) };
}

/** Statuses come sorted by name; the spec has the order that counts, and says which init containers are sidecars. */
function containersOf(spec: Fields, status: Fields): ContainerRecord[] {
  const initial = list(spec.initContainers);
  const sidecars = initial.filter((container) => container.restartPolicy === 'Always');
  const groups: Array<[ContainerKind, Fields[], Fields[]]> = [
    ['init', initial.filter((container) => !sidecars.includes(container)), list(status.initContainerStatuses)],
    ['regular', list(spec.containers), list(status.containerStatuses)],
    ['sidecar', sidecars, list(status.initContainerStatuses)],
  ];
  return groups.flatMap(([kind, containers, statuses]) =>
    containers.flatMap(({ name }) => {
      const found = statuses.find((candidate) => candidate.name === name);
      return found ? [containerRecord(kind, found)] : [];
    }),
  );
}

function containerRecord(kind: ContainerKind, status: Fields): ContainerRecord {
  const state = fields(status.state);
  const ended = endOf(state) ?? endOf(fields(status.lastState));
  return {
    name: text(status.name) ?? '',
    kind,
    ...(state.waiting ? { waiting: condition(fields(state.waiting)) } : {}),
    ...(ended ? { ended } : {}),
  };
}

/** As the API has it: an int32. Anything else has no place in a row. */
function isExitCode(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
}

function endOf(state: Fields): ContainerRecord['ended'] | undefined {
  const terminated = fields(state.terminated);
  const { exitCode } = terminated;
  if (!isExitCode(exitCode)) return undefined;
  return { exitCode, finishedAt: text(terminated.finishedAt) ?? '', ...condition(terminated) };
}
