// Who runs next.
// Rule: while the cluster is reachable, the server is not draining and no settle window is open, each free slot goes
// to the first runnable job in the order (priority descending, acceptance number ascending). Slots are counted from
// the jobs that hold one, never from a counter.
import type { PendingReason } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, RunningJob } from '../state.ts';

/** Why no runnable job may be dispatched now, or undefined when only a slot is needed. */
export function dispatchObstacle(state: CoreState): Exclude<PendingReason, 'quota_refused'> | undefined {
  if (state.draining) return 'draining';
  if (!state.clusterReachable) return 'cluster_unreachable';
  if (state.settleUntil !== undefined) return 'settling';
  return undefined;
}

export function dispatchRunnable(state: CoreState, now: number): Decision[] {
  const decisions: Decision[] = [];
  if (dispatchObstacle(state) !== undefined) return decisions;
  while (state.running.size < state.settings.maxConcurrency) {
    const next = state.runnable.pop();
    if (!next) break;
    decisions.push(...start(state, next, now));
  }
  return decisions;
}

function start(state: CoreState, entry: { id: string; priority: number; sequence: number }, at: number): Decision[] {
  state.lastDispatchSequence += 1;
  const job: RunningJob = {
    jobId: entry.id,
    sequence: entry.sequence,
    priority: entry.priority,
    attempt: 1,
    dispatchSequence: state.lastDispatchSequence,
    dispatchedAt: at,
    creation: 'requested',
    call: 'create',
    failures: 0,
    notBefore: at,
    reason: 'creating',
  };
  state.running.set(job.jobId, job);
  const { jobId, attempt, dispatchSequence } = job;
  return [
    { kind: 'start_attempt', jobId, attempt, dispatchSequence, at },
    {
      kind: 'change_job',
      jobId,
      set: { state: 'running', reason: null, message: null, attempt, startedAt: at },
      timeline: { at, state: 'running', attempt },
    },
    { kind: 'create_workload', jobId, attempt },
  ];
}
