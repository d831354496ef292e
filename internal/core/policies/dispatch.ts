// Who runs next.
// Rule: while the cluster is reachable, the queue is not paused or draining and no settle window is open, each free slot goes
// to the first runnable job in the order (priority descending, acceptance number ascending). Slots are counted from
// the jobs that hold one, never from a counter.
import type { AttemptRules, PendingReason } from '../../../pkg/models/index.ts';
import type { Decision } from '../decisions.ts';
import type { CoreState, RunningJob } from '../state.ts';

/** Why no runnable job may be dispatched now, or undefined when only a slot is needed. */
export function dispatchObstacle(state: CoreState): Exclude<PendingReason, 'quota_refused'> | undefined {
  if (state.draining) return 'draining';
  if (state.paused) return 'paused';
  if (!state.clusterReachable) return 'cluster_unreachable';
  if (state.settleUntil !== undefined) return 'settling';
  return undefined;
}

/** Reads from the rows what the core does not keep of jobs that wait. A job that is not in the answer has no rules. */
export type RulesOf = (jobIds: readonly string[]) => ReadonlyMap<string, AttemptRules>;

export const withoutRules: RulesOf = () => new Map();

export function dispatchRunnable(state: CoreState, now: number, rulesOf: RulesOf): Decision[] {
  if (dispatchObstacle(state) !== undefined) return [];
  const entries = takeRunnable(state, state.settings.maxConcurrency - state.running.size);
  if (entries.length === 0) return [];
  const rules = rulesOf(entries.map((entry) => entry.id));
  return entries.flatMap((entry) => start(state, entry, rulesNow(state, entry.id, rules), now));
}

/** The row of a job that gave way in this very turn does not know it. */
function rulesNow(state: CoreState, jobId: string, rules: ReadonlyMap<string, AttemptRules>): AttemptRules | undefined {
  const gaveWayTimes = state.gaveWayNow.get(jobId);
  return gaveWayTimes === undefined ? rules.get(jobId) : { ...rules.get(jobId), gaveWayTimes };
}

function takeRunnable(state: CoreState, limit: number): Entry[] {
  const entries: Entry[] = [];
  while (entries.length < limit) {
    const next = state.runnable.pop();
    if (!next) break;
    entries.push(next);
  }
  return entries;
}

interface Entry {
  id: string;
  priority: number;
  sequence: number;
}

function start(state: CoreState, entry: Entry, rules: AttemptRules | undefined, at: number): Decision[] {
  state.lastDispatchSequence += 1;
  const past = state.attempts.get(entry.id) ?? 0;
  state.attempts.delete(entry.id);
  const job: RunningJob = {
    jobId: entry.id,
    sequence: entry.sequence,
    priority: entry.priority,
    attempt: past + 1,
    dispatchSequence: state.lastDispatchSequence,
    dispatchedAt: at,
    creation: 'requested',
    call: 'create',
    failures: 0,
    notBefore: at,
    reason: 'creating',
    ...(rules && { rules }),
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
