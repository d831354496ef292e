// Everything that can happen to the core, each with the time it happened (`at`, milliseconds since the epoch).
// To learn what can happen read this file; to learn what kubejobs can do about it read decisions.ts.
import type { Dependency, FailedReason, FinishedState, RunningReason } from '../../pkg/models/index.ts';

/** `finished` is what the rows say of the job: how it ended, if it did. */
export type ToBeWaitedFor = Dependency & { finished?: FinishedState };

/** What may keep a job from being pending; all of it absent for most jobs. */
export interface Conditions {
  held?: boolean;
  startAt?: number;
  after?: ToBeWaitedFor[];
  expiresAt?: number;
}

/** A new job. The core gives it its acceptance number; it must know the jobs that this one is to wait for. */
export interface JobSubmitted extends Conditions {
  kind: 'job_submitted';
  at: number;
  jobId: string;
  priority: number;
}

/** A person holds a job that does not run, or releases it. */
export interface HoldChanged {
  kind: 'hold_changed';
  at: number;
  jobId: string;
  held: boolean;
}

/** A person has a finished job run again; it keeps its acceptance number, and `attempts` it had so far. */
export interface RetryRequested {
  kind: 'retry_requested';
  at: number;
  jobId: string;
  priority: number;
  sequence: number;
  attempts: number;
}

/** What people set for the whole queue; absent values stay. */
export interface SettingsChanged {
  kind: 'settings_changed';
  at: number;
  maxConcurrency?: number;
  paused?: boolean;
}

export interface CancelRequested {
  kind: 'cancel_requested';
  at: number;
  jobId: string;
}

/**
 * The attempt is to make room for others: its job goes back to the queue when its workload is gone. `message` says why,
 * for people.
 */
export interface GiveWayRequested {
  kind: 'give_way_requested';
  at: number;
  jobId: string;
  attempt: number;
  message: string;
}

export interface PriorityChanged {
  kind: 'priority_changed';
  at: number;
  jobId: string;
  priority: number;
}

/** The API server has the attempt's workload: it was made now, or found with our marks on it. */
export interface CreateMade {
  kind: 'create_made';
  at: number;
  jobId: string;
  attempt: number;
  uid: string;
}

/** The API server said no. `quota`: it may say yes later; `permanent`: it never will. */
export interface CreateRefused {
  kind: 'create_refused';
  at: number;
  jobId: string;
  attempt: number;
  refusal: 'permanent' | 'quota';
  /** The API server's words. */
  message: string;
}

/** The create's answer was lost, or it was told to come back later. `surelyNotMade`: it was turned away unread (429). */
export interface CreateUnknown {
  kind: 'create_unknown';
  at: number;
  jobId: string;
  attempt: number;
  surelyNotMade: boolean;
  message: string;
  retryAfterMs?: number;
}

/**
 * The API server took the deletion (the object may still be going), did not find the object, or gave no usable answer; or
 * the workload had come to its own end and was not to be deleted then.
 */
export interface DeleteAnswered {
  kind: 'delete_answered';
  at: number;
  jobId: string;
  attempt: number;
  outcome: 'accepted' | 'missing' | 'finished' | 'failed';
  message?: string;
  retryAfterMs?: number;
}

/** What a fresh look at the attempt's workload and its pods shows. */
export type WorkloadObservation =
  | {
      phase: 'active';
      reason?: Extract<RunningReason, 'starting' | 'unschedulable' | 'image_problem'>;
      message?: string;
    }
  | { phase: 'succeeded'; exitCode?: number }
  | { phase: 'failed'; reason: FailedReason; exitCode?: number; message?: string };

/** How often the workload's own controller has begun all of it anew, and why the last time, for people. */
export interface Restarts {
  count: number;
  message: string;
}

export interface WorkloadObserved {
  kind: 'workload_observed';
  at: number;
  jobId: string;
  attempt: number;
  uid: string;
  observation: WorkloadObservation;
  /** Absent without any. */
  restarts?: Restarts;
}

/** A consistent read did not find the attempt's workload. A cache that lacks it is not enough for this event. */
export interface WorkloadMissing {
  kind: 'workload_missing';
  at: number;
  jobId: string;
  attempt: number;
}

export interface ClusterReachabilityChanged {
  kind: 'cluster_reachability_changed';
  at: number;
  reachable: boolean;
}

/** The server is going to stop: nothing is dispatched any more. */
export interface DrainStarted {
  kind: 'drain_started';
  at: number;
}

/** A `wake_at` has come. */
export interface TimerFired {
  kind: 'timer_fired';
  at: number;
}

export type CoreEvent =
  | JobSubmitted
  | HoldChanged
  | RetryRequested
  | SettingsChanged
  | CancelRequested
  | GiveWayRequested
  | PriorityChanged
  | CreateMade
  | CreateRefused
  | CreateUnknown
  | DeleteAnswered
  | WorkloadObserved
  | WorkloadMissing
  | ClusterReachabilityChanged
  | DrainStarted
  | TimerFired;

/** What the dispatcher and the controllers report: the events that come from the cluster. */
export type ClusterEvent =
  | GiveWayRequested
  | CreateMade
  | CreateRefused
  | CreateUnknown
  | DeleteAnswered
  | WorkloadObserved
  | WorkloadMissing
  | ClusterReachabilityChanged;
