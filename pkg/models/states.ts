// The states of a job, why it is in one, and which state may follow which.
// Plain data: the core obeys this table, the API and the metrics print these words, and nothing here decides anything.

export const jobStates = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
  'held',
  'scheduled',
  'blocked',
] as const;
export type JobState = (typeof jobStates)[number];

export const finishedStates = ['succeeded', 'failed', 'cancelled', 'expired'] as const;
export type FinishedState = (typeof finishedStates)[number];

/** Why a job is where it is. The same word in the API, in the rows and in the metrics. */
export const reasonsByState = {
  pending: ['waiting_for_slot', 'settling', 'paused', 'quota_refused', 'cluster_unreachable', 'draining'],
  running: ['creating', 'create_unknown', 'starting', 'unschedulable', 'image_problem', 'cancelling'],
  succeeded: [],
  failed: ['exit_code', 'oom_killed', 'deadline', 'create_refused', 'workload_deleted', 'node_lost', 'record_damaged'],
  cancelled: ['by_user', 'dependency_failed'],
  expired: ['queue_timeout'],
  held: ['held_by_user'],
  scheduled: ['start_after', 'retry_backoff'],
  blocked: ['waiting_for_jobs'],
} as const satisfies Record<JobState, readonly string[]>;

export type PendingReason = (typeof reasonsByState.pending)[number];
export type RunningReason = (typeof reasonsByState.running)[number];
export type ScheduledReason = (typeof reasonsByState.scheduled)[number];
export type FailedReason = (typeof reasonsByState.failed)[number];
export type JobReason = (typeof reasonsByState)[JobState][number];

/**
 * The transition table.
 *
 *   pending ──▶ running ──▶ succeeded | failed | cancelled
 *      ▲ │         │
 *      │ │         └──▶ pending (quota refused), scheduled (retry)
 *      │ └──▶ cancelled | expired
 *   held, scheduled, blocked ──▶ pending | cancelled | expired, and each other
 *   a finished job ──▶ pending | scheduled only when it is run again
 */
export const transitions = {
  pending: ['running', 'cancelled', 'expired', 'held', 'scheduled', 'blocked'],
  running: ['succeeded', 'failed', 'cancelled', 'pending', 'scheduled'],
  succeeded: ['pending', 'scheduled', 'held'],
  failed: ['pending', 'scheduled', 'held'],
  cancelled: ['pending', 'scheduled', 'held'],
  expired: ['pending', 'scheduled', 'held'],
  held: ['pending', 'scheduled', 'blocked', 'cancelled', 'expired'],
  scheduled: ['pending', 'held', 'blocked', 'cancelled', 'expired'],
  blocked: ['pending', 'held', 'scheduled', 'cancelled', 'expired'],
} as const satisfies Record<JobState, readonly JobState[]>;

export function isFinished(state: JobState): state is FinishedState {
  return (finishedStates as readonly JobState[]).includes(state);
}

export function mayFollow(from: JobState, to: JobState): boolean {
  return (transitions[from] as readonly JobState[]).includes(to);
}
