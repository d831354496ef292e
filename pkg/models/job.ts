// The job as everyone but the wire sees it: what was asked for, what became of it, and its attempts.
// Plain data in camelCase; times are milliseconds since the epoch; `undefined` fields are left out.
import type { FinishedState, JobReason, JobState } from './states.ts';

export const priorityMinimum = -1_000_000;
export const priorityMaximum = 1_000_000;
export const priorityDefault = 0;
export const queueDefault = 'default';

export interface EnvironmentVariable {
  name: string;
  value?: string;
  /** Kubernetes' own EnvVarSource, passed on as it is. */
  valueFrom?: Record<string, unknown>;
}

export interface ResourceRequirements {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** A batch/v1 JobSpec in Kubernetes' own shape; the API server judges what is inside. */
export type JobTemplate = Record<string, unknown>;

/** What the workload is made from: either a template or the simple fields, or neither (the server's default template). */
export interface WorkloadSpec {
  image?: string;
  command?: string[];
  args?: string[];
  env?: EnvironmentVariable[];
  resources?: ResourceRequirements;
  template?: JobTemplate;
}

/** One submission after validation and defaults. */
export interface JobSubmission {
  name: string;
  priority: number;
  queue: string;
  /** The Kubernetes namespace; absent means the server's own. */
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  workload: WorkloadSpec;
}

export const workloadKinds = ['Job', 'JobSet', 'PyTorchJob'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** Where an attempt's Kubernetes object is; `uid` once the API server has told it. */
export interface WorkloadReference {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid?: string;
}

/**
 * How sure we are that the attempt's workload exists.
 * `requested`: the create was decided, its answer is not known yet. `unknown`: an answer was lost. `made`: it exists or did.
 */
export const creations = ['requested', 'unknown', 'made', 'refused'] as const;
export type Creation = (typeof creations)[number];

export interface Attempt {
  attempt: number;
  /** Place in the order of dispatch over all jobs of this queue; grows by one. */
  dispatchSequence: number;
  dispatchedAt: number;
  workload: WorkloadReference;
  creation: Creation;
  /** When a create of this attempt last ended without a known answer. */
  unknownAt?: number;
  cancelRequestedAt?: number;
  finishedAt?: number;
  outcome?: FinishedState | 'refused_by_quota';
  reason?: JobReason;
  message?: string;
  exitCode?: number;
  /** When kubejobs may delete the finished workload; absent when there is nothing to delete. */
  cleanupAt?: number;
}

/** One line of a job's history. */
export interface TimelineEntry {
  at: number;
  state: JobState;
  reason?: JobReason;
  message?: string;
  attempt?: number;
}

/** A job's row. `attempt` is the number of the newest attempt, 0 before the first. */
export interface Job {
  jobId: string;
  /** Acceptance number: ties in priority run in this order. */
  sequence: number;
  name: string;
  priority: number;
  queue: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  workload: WorkloadSpec;
  state: JobState;
  reason?: JobReason;
  message?: string;
  attempt: number;
  exitCode?: number;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
}

/** Everything that is known of one job. */
export interface JobDetail extends Job {
  attempts: Attempt[];
  timeline: TimelineEntry[];
}

/** Columns of a job's row to set; one set to `null` is cleared, one that is absent stays. */
export interface JobColumns {
  state?: JobState;
  priority?: number;
  reason?: JobReason | null;
  message?: string | null;
  attempt?: number;
  exitCode?: number | null;
  startedAt?: number | null;
  finishedAt?: number | null;
}

/** The same of an attempt. */
export interface AttemptColumns {
  creation?: Creation;
  uid?: string;
  unknownAt?: number;
  cancelRequestedAt?: number;
  finishedAt?: number;
  outcome?: FinishedState | 'refused_by_quota';
  reason?: JobReason;
  message?: string;
  exitCode?: number;
  /** `null`: nothing is left to delete. */
  cleanupAt?: number | null;
}
