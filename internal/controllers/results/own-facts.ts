// What a result says beyond that when its Job is an attempt of the queue's: whose it is and how it ended in the queue's own
// words, so that it can be told from the result alone. The same both ways. Pure.
import type { SavedResult } from '../../../pkg/kubernetes/results/saved-result.ts';
import type { FailedReason } from '../../../pkg/models/index.ts';
import type { WorkloadObservation } from '../../core/events.ts';
import { observe } from '../jobs/observe.ts';
import { type PodRecord, parseAttemptKey } from '../jobs/records.ts';
import type { ResultJob } from './records.ts';

/** Nothing for a Job that is not the queue's. */
export function ownFacts(job: ResultJob, pods: readonly PodRecord[]): Record<string, string> {
  const { attemptKey, end, failed, queueId } = job;
  if (queueId === undefined || attemptKey === undefined || !end) return {};
  const { jobId, attempt } = parseAttemptKey(attemptKey);
  const { namespace, name, uid, deleted, suspended } = job;
  const complete = end.status === 'completed';
  const record = { kind: 'Job', namespace, name, uid, key: attemptKey, deleted, suspended, complete };
  const observation = observe({ ...record, ...(failed ? { failed } : {}) }, pods);
  return { 'job-id': jobId, attempt: String(attempt), ...wordsOf(observation) };
}

function wordsOf(observation: WorkloadObservation): Record<string, string> {
  if (observation.phase === 'active') return {};
  const { exitCode } = observation;
  return {
    ...(exitCode === undefined ? {} : { 'exit-code': String(exitCode) }),
    ...(observation.phase === 'failed' ? { reason: observation.reason } : {}),
    ...(observation.phase === 'failed' && observation.message ? { message: observation.message } : {}),
  };
}

/** As if its Job had been looked at. */
export function observationOf({ status, exitCode, reason, message }: SavedResult): WorkloadObservation {
  if (status === 'completed') return { phase: 'succeeded', exitCode: exitCode ?? 0 };
  return {
    phase: 'failed',
    reason: known.find((one) => one === reason) ?? 'exit_code',
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(message === undefined ? {} : { message }),
  };
}

const known: readonly FailedReason[] = ['exit_code', 'oom_killed', 'deadline', 'node_lost'];
