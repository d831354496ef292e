// What a workload and its pods show, as one observation. Pure: slim records in, a value out.
// The rule: only the workload's own condition says that it is finished; the pods only say why, and with which exit code.
// Of a failed one that is the first pod to fail, its first container (init containers included, sidecars last, since
// they are ended by the others' end) that did not exit with 0.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
import type { Condition } from '../../../pkg/kubernetes/conditions.ts';
import type { WorkloadObservation } from '../../core/events.ts';
import type { ContainerRecord, JobRecord, PodRecord } from './records.ts';

type Failed = Extract<WorkloadObservation, { phase: 'failed' }>;
type Active = Extract<WorkloadObservation, { phase: 'active' }>;

/** Waiting reasons of the kubelet that do not go away by waiting. */
const imageProblems: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
  'CreateContainerConfigError',
  'CreateContainerError',
]);

/** The node went away under the pod: DisruptionTarget's reasons for that. */
const nodeLossReasons: ReadonlySet<string> = new Set(['DeletionByTaintManager', 'DeletionByPodGC']);

/** `pods`: those of this very Job. */
export function observe(job: JobRecord, pods: readonly PodRecord[]): WorkloadObservation {
  if (job.complete) return { phase: 'succeeded', exitCode: 0 };
  if (job.failed) return observeFailed(job.failed, pods);
  return observeActive(job, pods);
}

/** Whether it should have pods by now and has none, for which the Job itself gives no reason. */
export function lacksPods(job: JobRecord, pods: readonly PodRecord[]): boolean {
  return pods.length === 0 && !job.complete && !job.failed && !job.suspended && !job.deleted;
}

/** Whether looking at the pods once more could say more about a failure. */
export function isExplained(observation: WorkloadObservation): boolean {
  return observation.phase !== 'failed' || observation.exitCode !== undefined || observation.reason !== 'exit_code';
}

/** Which pod was the first to fail, and how; undefined when none of them did. */
export function firstFailure(pods: readonly PodRecord[]): string | undefined {
  const pod = firstToFail(pods);
  if (!pod) return undefined;
  const how = failedMessage({}, pod, firstNonZero(pod));
  return how ? `pod ${pod.name}: ${how}` : `pod ${pod.name} failed`;
}

function observeFailed(condition: Condition, pods: readonly PodRecord[]): Failed {
  const pod = firstToFail(pods);
  const container = pod && firstNonZero(pod);
  const reason = failedReason(condition, pod, container);
  const message = failedMessage(condition, pod, reason === 'deadline' ? undefined : container);
  return {
    phase: 'failed',
    reason,
    ...(container?.ended ? { exitCode: container.ended.exitCode } : {}),
    ...(message ? { message } : {}),
  };
}

/** The most telling words: the container's, the pod's, the Job's; for the Job's own deadline only the Job's. */
function failedMessage(
  condition: Condition,
  pod: PodRecord | undefined,
  container: ContainerRecord | undefined,
): string | undefined {
  if (condition.reason === 'DeadlineExceeded') return condition.message;
  if (!pod || !container) return pod?.message ?? condition.message;
  return [endMessage(container), takenAway(pod)].filter(Boolean).join('; ');
}

/** An exit code does not tell that somebody ended the container from outside. */
function takenAway({ name, disrupted, deletedAlive }: PodRecord): string | undefined {
  if (disrupted) return `pod ${name} was taken away: ${disrupted.message ?? disrupted.reason ?? 'nobody says why'}`;
  return deletedAlive && `pod ${name} had been deleted before it ended`;
}

function failedReason(
  condition: Condition,
  pod: PodRecord | undefined,
  container: ContainerRecord | undefined,
): Failed['reason'] {
  if (condition.reason === 'DeadlineExceeded') return 'deadline';
  if (container?.ended?.reason === 'OOMKilled') return 'oom_killed';
  if (pod?.reason === 'DeadlineExceeded') return 'deadline';
  return pod && !container && isLost(pod) ? 'node_lost' : 'exit_code';
}

function firstToFail(pods: readonly PodRecord[]): PodRecord | undefined {
  return pods.filter(hasFailed).sort((a, b) => compare(failedAt(a), failedAt(b)) || compare(a.name, b.name))[0];
}

/** Whether it can say why its Job failed. */
export function hasFailed(pod: PodRecord): boolean {
  return pod.phase === 'Failed' || isLost(pod) || firstNonZero(pod) !== undefined;
}

/** Kubernetes' times sort as text. A pod that says nothing about its end comes after those that do. */
function failedAt(pod: PodRecord): string {
  return firstNonZero(pod)?.ended?.finishedAt || '~';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isLost(pod: PodRecord): boolean {
  return pod.reason === 'NodeLost' || nodeLossReasons.has(pod.disrupted?.reason ?? '');
}

function firstNonZero(pod: PodRecord): ContainerRecord | undefined {
  return pod.containers.find(({ ended }) => ended !== undefined && ended.exitCode !== 0);
}

function endMessage({ name, ended }: ContainerRecord): string | undefined {
  if (!ended) return undefined;
  const end = `container ${name}: ${ended.reason ?? 'ended'}, exit code ${ended.exitCode}`;
  return ended.message ? `${end}: ${ended.message}` : end;
}

function observeActive(job: JobRecord, pods: readonly PodRecord[]): Active {
  if (job.deleted) return { ...observePods(pods), message: `the ${job.kind} is being deleted` };
  if (job.suspended) return { phase: 'active', reason: 'starting', message: `the ${job.kind} is suspended` };
  const lost = pods.find((pod) => pod.disrupted && (pod.phase === 'Pending' || pod.phase === 'Running'));
  return lost ? { ...observePods(pods), message: disruption(lost) } : observePods(pods);
}

function disruption({ name, disrupted }: PodRecord): string {
  return `pod ${name} is being taken away: ${disrupted?.message ?? disrupted?.reason ?? 'nobody says why'}`;
}

function observePods(pods: readonly PodRecord[]): Active {
  if (pods.some((pod) => pod.phase === 'Running' || pod.phase === 'Succeeded')) return { phase: 'active' };
  const pending = pods.filter((pod) => pod.phase === 'Pending' && !pod.deleted).sort((a, b) => compare(a.name, b.name));
  const problem = pending
    .flatMap((pod) => pod.containers)
    .find(({ waiting }) => imageProblems.has(waiting?.reason ?? ''));
  if (problem) return withMessage('image_problem', waitMessage(problem));
  const unschedulable = pending.find((pod) => pod.unschedulable)?.unschedulable;
  return unschedulable ? withMessage('unschedulable', unschedulable.message) : { phase: 'active', reason: 'starting' };
}

function withMessage(reason: NonNullable<Active['reason']>, message: string | undefined): Active {
  return { phase: 'active', reason, ...(message ? { message } : {}) };
}

function waitMessage({ name, waiting }: ContainerRecord): string {
  const what = `container ${name}: ${waiting?.reason}`;
  return waiting?.message ? `${what}: ${waiting.message}` : what;
}
