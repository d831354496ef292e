// A Job's status in Kubernetes' shape, made from what the simulated Job controller counts. Pure.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { kubernetesTime } from './timestamps.ts';

export interface Condition {
  type: string;
  status: 'True';
  reason: string;
  message: string;
  lastProbeTime: string;
  lastTransitionTime: string;
}

export interface Failure {
  reason: 'BackoffLimitExceeded' | 'DeadlineExceeded';
  message: string;
}

export const backoffLimitExceeded: Failure = {
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
export const deadlineExceeded: Failure = {
  reason: 'DeadlineExceeded',
  message: 'Job was active longer than specified deadline',
};

export interface Counts {
  startTime?: string;
  active: number;
  ready: number;
  succeeded: number;
  failed: number;
}

export function withCounts(job: KubernetesObject, counts: Counts): KubernetesObject {
  const { ready, startTime, ...rest } = counts;
  const { active: _active, succeeded: _succeeded, failed: _failed, ...kept } = job.status ?? {};
  const status: Record<string, unknown> = { ...kept, ready, terminating: 0, uncountedTerminatedPods: {} };
  if (startTime !== undefined) status.startTime = startTime;
  // As in Kubernetes, these are left out while they are zero.
  for (const [name, count] of Object.entries(rest)) if (count > 0) status[name] = count;
  return { ...job, status };
}

/** The Job is being deleted and waits for its pods. */
export function terminatingJob(job: KubernetesObject, pods: number): KubernetesObject {
  const { active: _active, ...status } = job.status ?? {};
  return { ...job, status: { ...status, ready: 0, terminating: pods } };
}

/** All pods are done: `Complete`, or why the Job has failed. */
export function finishedJob(job: KubernetesObject, failure: Failure | undefined, at: number): KubernetesObject {
  if (failure) {
    return withConditions(job, at, [
      { type: 'FailureTarget', ...failure },
      { type: 'Failed', ...failure },
    ]);
  }
  const success = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  const completed = { ...job, status: { ...job.status, completionTime: kubernetesTime(at) } };
  return withConditions(completed, at, [
    { type: 'SuccessCriteriaMet', ...success },
    { type: 'Complete', ...success },
  ]);
}

/** The Job will fail as soon as its last pods are gone. */
export function failingJob(job: KubernetesObject, failure: Failure, at: number): KubernetesObject {
  return withConditions(job, at, [{ type: 'FailureTarget', ...failure }]);
}

export function suspendedJob(job: KubernetesObject, at: number): KubernetesObject {
  return withConditions(job, at, [{ type: 'Suspended', reason: 'JobSuspended', message: 'Job suspended' }]);
}

function withConditions(
  job: KubernetesObject,
  at: number,
  wanted: Array<Pick<Condition, 'type' | 'reason' | 'message'>>,
): KubernetesObject {
  const conditions = [...((job.status?.conditions as Condition[] | undefined) ?? [])];
  for (const { type, reason, message } of wanted) {
    if (conditions.some((condition) => condition.type === type)) continue;
    const time = kubernetesTime(at);
    conditions.push({ type, status: 'True', reason, message, lastProbeTime: time, lastTransitionTime: time });
  }
  return { ...job, status: { ...job.status, conditions } };
}
