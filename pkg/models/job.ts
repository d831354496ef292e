// The job as everyone but the wire sees it: what was asked for, what became of it, and its attempts.
// Plain data in camelCase; times are milliseconds since the epoch; `undefined` fields are left out.
import type { WorkloadManifest } from './manifest.ts';
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

/** What the workload is made from: a template, a manifest or the simple fields, or nothing (the server's default template). */
export interface WorkloadSpec {
  image?: string;
  command?: string[];
  args?: string[];
  env?: EnvironmentVariable[];
  resources?: ResourceRequirements;
  /** How many pods have to succeed; with an index each (`JOB_COMPLETION_INDEX`). */
  completions?: number;
  /** How many of them at once. */
  parallelism?: number;
  template?: JobTemplate;
  manifest?: WorkloadManifest;
}

export const dependencyConditions = ['success', 'failure', 'finish'] as const;
/** `failure` is failed or expired; `finish` is any end. */
export type DependencyCondition = (typeof dependencyConditions)[number];

/** Another job, and how it has to end before this one may run. */
export interface Dependency {
  jobId: string;
  on: DependencyCondition;
}

export const retryCauses = ['failed', 'timeout', 'deleted', 'node_lost', 'create_refused'] as const;
/** `failed` is any end of the workload's own doing; `exit:137` only the one with this exit code. */
export type RetryCause = (typeof retryCauses)[number] | `exit:${number}`;

/** When a failed attempt is followed by another one. */
export interface RetryRules {
  /** Attempts after the first. */
  max: number;
  backoffMs: number;
  /** Each further wait is this many times the one before. */
  backoffFactor: number;
  maxBackoffMs: number;
  on: RetryCause[];
}

/** What a person asked for beyond the workload: when it may run, how long, and what happens then. */
export interface JobRules {
  /** Not before this time. */
  startAt?: number;
  /** Not before so long after acceptance. */
  startInMs?: number;
  after?: Dependency[];
  /** From acceptance to the first workload; then the job expires. */
  queueTimeoutMs?: number;
  /** Of an attempt, from the making of its workload. */
  timeoutMs?: number;
  retries?: RetryRules;
  /** Told of the job's end. */
  onFinish?: { url: string };
  /** Its log and the facts of its pods are saved when it has finished. */
  results?: boolean;
}

/** Of a job's rules, what matters while it runs. */
export interface AttemptRules extends Pick<JobRules, 'timeoutMs' | 'retries'> {
  /** Attempts that do not count against the retries. */
  attemptsBefore?: number;
  /** Attempts since then that gave way: they do not count either. */
  gaveWayTimes?: number;
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
  /** Kept back until a person releases it. */
  held?: boolean;
  rules?: JobRules;
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

/** How an attempt ended: as a job may, or its job went back to the queue. */
export type AttemptOutcome = FinishedState | 'refused_by_quota' | 'gave_way';

export interface Attempt {
  attempt: number;
  /** Place in the order of dispatch over all jobs of this queue; grows by one. */
  dispatchSequence: number;
  dispatchedAt: number;
  workload: WorkloadReference;
  creation: Creation;
  /** When its workload was first known to exist. */
  madeAt?: number;
  /** When a create of this attempt last ended without a known answer. */
  unknownAt?: number;
  cancelRequestedAt?: number;
  /** Why it is to give way to others; absent when it is not. */
  giveWay?: string;
  finishedAt?: number;
  outcome?: AttemptOutcome;
  reason?: JobReason;
  message?: string;
  exitCode?: number;
  /** How often the workload's own controller has begun it anew; absent for never. */
  restarts?: number;
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

/** A job's row. `attempt` is the number of the newest attempt that no quota refused, 0 before the first. */
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
  rules?: JobRules;
  state: JobState;
  reason?: JobReason;
  message?: string;
  held?: boolean;
  /** The jobs named in `rules.after` that have not ended yet. */
  waitsFor?: Dependency[];
  /** A scheduled job is pending from then on. */
  startAt?: number;
  /** A job without a workload expires then; absent once it had one. */
  expiresAt?: number;
  attempt: number;
  /** Attempts before a person had the job run again: they do not count against its retries. */
  attemptsBefore?: number;
  /** How often it has given way since then. */
  gaveWayTimes?: number;
  exitCode?: number;
  createdAt: number;
  startedAt?: number;
  finishedAt?: number;
}

/** Undefined when the job has no such rules, as most have not. */
export function attemptRulesOf({
  rules,
  attemptsBefore,
  gaveWayTimes,
}: Pick<Job, 'rules' | 'attemptsBefore' | 'gaveWayTimes'>): AttemptRules | undefined {
  const { timeoutMs, retries } = rules ?? {};
  if (timeoutMs === undefined && retries === undefined && gaveWayTimes === undefined) return undefined;
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retries && { retries }),
    ...(attemptsBefore !== undefined && { attemptsBefore }),
    ...(gaveWayTimes !== undefined && { gaveWayTimes }),
  };
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
  held?: boolean | null;
  waitsFor?: Dependency[] | null;
  startAt?: number | null;
  expiresAt?: number | null;
  attemptsBefore?: number;
  gaveWayTimes?: number | null;
  exitCode?: number | null;
  startedAt?: number | null;
  finishedAt?: number | null;
}

/** The same of an attempt. */
export interface AttemptColumns {
  creation?: Creation;
  uid?: string;
  madeAt?: number;
  unknownAt?: number;
  cancelRequestedAt?: number;
  giveWay?: string | null;
  finishedAt?: number;
  outcome?: AttemptOutcome;
  reason?: JobReason;
  message?: string;
  exitCode?: number;
  restarts?: number;
  /** `null`: nothing is left to delete. */
  cleanupAt?: number | null;
}
