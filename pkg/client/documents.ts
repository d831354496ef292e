// What goes over the wire, as openapi.yaml describes it: plain JSON in snake_case, times as RFC 3339 text.
// A test holds these types against the server's schemas, so neither can change alone.
import type {
  Creation,
  EnvironmentVariable,
  ErrorCode,
  FieldError,
  FinishedState,
  JobReason,
  JobState,
  JobTemplate,
  ResourceRequirements,
  WorkloadKind,
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

export interface AttemptDocument {
  attempt: number;
  dispatch_sequence: number;
  dispatched_at: string;
  finished_at?: string;
  outcome?: FinishedState | 'refused_by_quota';
  reason?: JobReason;
  message?: string;
  exit_code?: number;
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
  workload?: WorkloadDocument;
  attempts?: AttemptDocument[];
  timeline?: TimelineDocument[];
}

export interface HealthDocument {
  status: 'ok';
  cluster: 'reachable' | 'unreachable' | 'simulated';
  store: 'ok' | 'unavailable';
  pending: number;
  running: number;
  max_concurrency: number;
  version: string;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  errors?: FieldError[];
}
