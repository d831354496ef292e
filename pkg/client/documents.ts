// What goes over the wire, as openapi.yaml describes it: plain JSON in snake_case, times as RFC 3339 text.
// A test holds these types against the server's schemas, so neither can change alone.
import type {
  AttemptOutcome,
  ConcurrencyPolicy,
  Creation,
  DeliveryState,
  DependencyCondition,
  EnvironmentVariable,
  ErrorCode,
  FieldError,
  JobReason,
  JobState,
  JobTemplate,
  MissedReason,
  ResourceRequirements,
  Role,
  WorkloadKind,
  WorkloadManifest,
} from '../models/index.ts';

export interface SubmissionDocument {
  name: string;
  priority?: number;
  queue?: string;
  namespace?: string;
  image?: string;
  command?: string[];
  args?: string[];
  env?: EnvironmentVariable[];
  resources?: ResourceRequirements;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  template?: JobTemplate;
  /** A whole manifest, instead of a template or the simple fields. */
  workload?: WorkloadManifest;
  completions?: number;
  parallelism?: number;
  hold?: boolean;
  /** A time, RFC 3339, or a while from acceptance such as `{ in: '10m' }`. */
  start_after?: string | { in: string };
  after?: Array<{ job_id: string; on?: DependencyCondition }>;
  queue_timeout_seconds?: number;
  timeout_seconds?: number;
  retries?: RetriesInput;
  /** Who is told of the job's end. */
  on_finish?: { url: string };
  /** Whether its log and the facts of its pods are saved when it has finished. */
  results?: boolean;
}

export interface RetriesInput {
  max: number;
  backoff_seconds?: number;
  backoff_factor?: number;
  max_backoff_seconds?: number;
  on?: string[];
}

export interface SubmittedDocument {
  job_id: string;
  name: string;
  /** A number written as a string. */
  queue_position: string;
  status: string;
}

export interface QueueEntryDocument {
  name: string;
  job_id: string;
  priority: number;
}

export interface WorkloadDocument {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid?: string;
}

export interface WorkloadHealthDocument {
  kind: WorkloadKind;
  namespace: string;
  name: string;
  uid: string;
  owner?: { kind: string; name: string };
  state: 'Running' | 'Pending' | 'Suspended' | 'Complete' | 'Failed';
  healthy: boolean;
  reason?: string;
  message?: string;
  pods: Record<string, number>;
  jobs?: Record<string, number>;
}

export interface AttemptDocument {
  attempt: number;
  dispatch_sequence: number;
  dispatched_at: string;
  finished_at?: string;
  outcome?: AttemptOutcome;
  reason?: JobReason;
  message?: string;
  exit_code?: number;
  /** Of a JobSet, by its failure policy; absent for never. */
  restarts?: number;
  creation: Creation;
  workload: WorkloadDocument;
}

export interface TimelineDocument {
  at: string;
  state: JobState;
  reason?: JobReason;
  message?: string;
  attempt?: number;
}

/** Lists leave out `attempts` and `timeline`. */
export interface JobDocument {
  job_id: string;
  name: string;
  priority: number;
  queue: string;
  namespace?: string;
  labels?: Record<string, string>;
  state: JobState;
  reason?: JobReason;
  message?: string;
  /** A number written as a string; only while the job is pending. */
  queue_position?: string;
  attempt: number;
  exit_code?: number;
  created_at: string;
  started_at?: string;
  finished_at?: string;
  hold?: boolean;
  start_after?: string;
  after?: Array<{ job_id: string; on: DependencyCondition }>;
  queue_timeout_seconds?: number;
  expires_at?: string;
  timeout_seconds?: number;
  retries?: Required<RetriesInput>;
  on_finish?: { url: string };
  results?: boolean;
  workload?: WorkloadDocument;
  /** What it was submitted to run; only `get` has it. */
  spec?: object;
  /** Of its workload; only `get` has it, and only while the cluster has the workload. */
  health?: WorkloadHealthDocument;
  attempts?: AttemptDocument[];
  timeline?: TimelineDocument[];
}

export interface HealthDocument {
  status: 'ok';
  cluster: 'reachable' | 'unreachable' | 'simulated';
  store: 'ok' | 'unavailable';
  pending: number;
  running: number;
  waiting: number;
  max_concurrency: number;
  paused: boolean;
  version: string;
  /** Absent when nothing follows the health of workloads. */
  workloads?: KindHealthDocument[];
}

/** Who is calling. */
export interface CallerDocument {
  authentication: 'none' | 'tokens';
  /** Of the token. */
  name?: string;
  role: Role;
}

export type WatchedKind = 'JobSet' | 'PyTorchJob' | 'Job';

export interface KindHealthDocument {
  kind: WatchedKind;
  available: boolean;
  /** Why it is not available; `health` leaves it out. */
  message?: string;
  /** How many by state. */
  states: Record<string, number>;
  unhealthy: number;
}

export interface PodGroupDocument {
  namespace: string;
  name: string;
  /** How many pods there must be, once it is known. */
  size?: number;
  size_from?: 'annotation' | 'owners' | 'pods';
  /** How many by state. */
  pods: Record<string, number>;
  /** How many have the ready label. */
  labelled: number;
  ready: boolean;
  since: string;
  /** Why it is not ready. */
  reason?:
    | 'size_invalid'
    | 'pods_missing'
    | 'pods_deleted'
    | 'pods_unschedulable'
    | 'pods_not_running'
    | 'pods_ended'
    | 'owner_gone'
    | 'owner_unreadable'
    | 'labels_missing';
  message?: string;
  waiting_pods: Array<{ name: string; state: string; deleted?: boolean; message?: string }>;
  waiting_pods_left_out?: number;
  /** `<namespace>/<name>` of the groups that wait for one another. */
  deadlock?: { since: string; groups: string[] };
}

export interface WorkloadsDocument {
  kinds: KindHealthDocument[];
  /** By state. */
  pods: Record<string, number>;
  /** By the reason of their issue. */
  container_issues: Record<string, number>;
  workloads: WorkloadHealthDocument[];
}

/** One member, `jobset`, `pytorchJob` or `job`, in the shape that `kubejobs monitor` prints. */
export type WorkloadTreeDocument = object;

/** What was saved of a finished Job. */
export interface ResultDocument {
  namespace: string;
  job: string;
  status: 'completed' | 'failed';
  completion_time: string;
  /** Of the queue's jobs, as the two below. */
  job_id?: string;
  attempt?: number;
  exit_code?: number;
  pods: unknown[];
  logs?: string;
  /** Why the saved log cannot be read. */
  log_problem?: string;
}

export interface SettingsDocument {
  max_concurrency: number;
  paused: boolean;
}

/** How a server is, for support. What is inside its objects may grow from version to version. */
export interface SnapshotDocument {
  taken_at: string;
  versions: Record<string, string>;
  configuration: Record<string, unknown>;
  queue: {
    jobs: Record<string, number>;
    max_concurrency: number;
    paused: boolean;
    slots: Array<{
      job_id: string;
      attempt: number;
      priority: number;
      dispatched_at: string;
      creation: string;
      reason?: string;
    }>;
  };
  engine: Record<string, unknown>;
  store: Record<string, unknown>;
  cluster: Record<string, unknown>;
  watches: Array<{ resource: string; namespace?: string; synced: boolean; objects: number }>;
  problems: Array<{
    level: string;
    message: string;
    count: number;
    first_at: string;
    last_at: string;
    fields: Record<string, string>;
  }>;
  process: {
    pid: number;
    uptime_seconds: number;
    memory_bytes: Record<string, number>;
    event_loop_lag_seconds: Record<string, number>;
  };
  /** In the Prometheus text format. */
  metrics: string;
}

/** One state change, as `GET /events` tells it. */
export interface EventDocument {
  job_id: string;
  queue: string;
  state: JobState;
  reason?: JobReason;
  message?: string;
  at: string;
  attempt?: number;
}

/** The answer to one line of a streamed batch. */
export type BatchLineDocument = { line: number } & (SubmittedDocument | { error: ProblemDocument });

export interface ScheduleFields {
  cron: string;
  /** UTC when absent. */
  time_zone?: string;
  concurrency_policy?: ConcurrencyPolicy;
  starting_deadline_seconds?: number;
  suspend?: boolean;
  job: SubmissionDocument;
}

export interface NewScheduleDocument extends ScheduleFields {
  name: string;
}

export interface ScheduleDocument {
  schedule_id: string;
  name: string;
  cron: string;
  time_zone: string;
  concurrency_policy: ConcurrencyPolicy;
  starting_deadline_seconds?: number;
  suspend: boolean;
  /** As it was sent. */
  job: Record<string, unknown>;
  created_at: string;
  next_run_at?: string;
  last_run_at?: string;
  last_job_id?: string;
  missed_runs: number;
  last_missed_at?: string;
  last_missed_reason?: MissedReason;
  last_missed_message?: string;
}

/** A message about a finished job that has not arrived. */
export interface DeliveryDocument {
  delivery_id: string;
  job_id: string;
  url: string;
  state: DeliveryState;
  created_at: string;
  tries: number;
  next_try_at?: string;
  last_try_at?: string;
  last_status?: number;
  last_error?: string;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldError[];
}
