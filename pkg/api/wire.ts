// Model to wire and back: the only place where snake_case and camelCase meet.
// Absent values are left out, times become RFC 3339 in UTC with milliseconds.
import {
  type Attempt,
  type JobSubmission,
  priorityDefault,
  queueDefault,
  type TimelineEntry,
  type WorkloadManifest,
  type WorkloadReference,
  type WorkloadSpec,
} from '../models/index.ts';
import { rulesDocumentOf, rulesOf } from './rules-wire.ts';
import type { HealthDocument } from './schemas/health.ts';
import type {
  AttemptDocument,
  JobDocument,
  QueueEntryDocument,
  SubmittedDocument,
  TimelineDocument,
  WorkloadDocument,
} from './schemas/job.ts';
import type { SubmissionBody } from './schemas/submission.ts';
import type { KindHealthDocument } from './schemas/workload.ts';
import type { Health, JobView, QueueEntry, Submitted } from './service.ts';
import { timeOf } from './times.ts';
import type { KindView } from './workload-service.ts';

/** The submission with its defaults. Takes over the body's objects: nobody else holds them. */
export function submissionOf(body: SubmissionBody): JobSubmission {
  const { name, priority, queue, namespace, labels, annotations, hold, ...rest } = body;
  const {
    start_after,
    after,
    queue_timeout_seconds,
    timeout_seconds,
    retries,
    on_finish,
    results,
    workload: manifest,
    ...workload
  } = rest;
  const submission: JobSubmission = {
    name,
    priority: priority ?? priorityDefault,
    queue: queue ?? queueDefault,
    workload: workload as WorkloadSpec,
  };
  if (namespace !== undefined) submission.namespace = namespace;
  if (manifest !== undefined) takeManifest(submission, manifest);
  if (labels !== undefined) submission.labels = labels;
  if (annotations !== undefined) submission.annotations = annotations;
  if (hold) submission.held = true;
  const rules = rulesOf({ start_after, after, queue_timeout_seconds, timeout_seconds, retries, on_finish, results });
  if (rules !== undefined) submission.rules = rules;
  return submission;
}

function takeManifest(submission: JobSubmission, manifest: WorkloadManifest): void {
  submission.workload.manifest = manifest;
  const { namespace } = manifest.metadata ?? {};
  if (namespace !== undefined) submission.namespace = namespace;
}

export function submittedDocumentOf({ jobId, name, queuePosition }: Submitted): SubmittedDocument {
  return { job_id: jobId, name, queue_position: String(queuePosition), status: 'Job submitted successfully' };
}

export function queueEntryDocumentOf({ jobId, name, priority }: QueueEntry): QueueEntryDocument {
  return { name, job_id: jobId, priority };
}

/** A job as a line of a list: without attempts and timeline. */
export function jobLineOf(job: JobView): JobDocument {
  const document: JobDocument = {
    job_id: job.jobId,
    name: job.name,
    priority: job.priority,
    queue: job.queue,
    state: job.state,
    attempt: job.attempt,
    created_at: timeOf(job.createdAt),
  };
  if (job.namespace !== undefined) document.namespace = job.namespace;
  if (job.labels !== undefined) document.labels = job.labels;
  if (job.queuePosition !== undefined) document.queue_position = String(job.queuePosition);
  if (job.startedAt !== undefined) document.started_at = timeOf(job.startedAt);
  if (job.finishedAt !== undefined) document.finished_at = timeOf(job.finishedAt);
  if (job.held) document.hold = true;
  if (job.startAt !== undefined) document.start_after = timeOf(job.startAt);
  if (job.expiresAt !== undefined) document.expires_at = timeOf(job.expiresAt);
  if (job.rules !== undefined) Object.assign(document, rulesDocumentOf(job.rules));
  const newest = job.attempts.at(-1);
  if (newest !== undefined) document.workload = workloadDocumentOf(newest.workload);
  return Object.assign(document, outcomeOf(job));
}

/** Everything that is known of one job. */
export function jobDocumentOf(job: JobView): JobDocument {
  return {
    ...jobLineOf(job),
    attempts: job.attempts.map(attemptDocumentOf),
    timeline: job.timeline.map(timelineDocumentOf),
  };
}

/** What the job was submitted to run, in the fields of the submission. */
export function specDocumentOf({ workload, annotations }: Pick<JobView, 'workload' | 'annotations'>): object {
  const { manifest, ...fields } = workload;
  return { ...fields, ...(manifest && { workload: manifest }), ...(annotations && { annotations }) };
}

function attemptDocumentOf(attempt: Attempt): AttemptDocument {
  const document: AttemptDocument = {
    attempt: attempt.attempt,
    dispatch_sequence: attempt.dispatchSequence,
    dispatched_at: timeOf(attempt.dispatchedAt),
    creation: attempt.creation,
    workload: workloadDocumentOf(attempt.workload),
  };
  if (attempt.finishedAt !== undefined) document.finished_at = timeOf(attempt.finishedAt);
  if (attempt.outcome !== undefined) document.outcome = attempt.outcome;
  if (attempt.restarts !== undefined) document.restarts = attempt.restarts;
  return Object.assign(document, outcomeOf(attempt));
}

function timelineDocumentOf(entry: TimelineEntry): TimelineDocument {
  const document: TimelineDocument = { at: timeOf(entry.at), state: entry.state };
  if (entry.attempt !== undefined) document.attempt = entry.attempt;
  return Object.assign(document, outcomeOf(entry));
}

type Outcome = Pick<Attempt, 'reason' | 'message' | 'exitCode'>;

function outcomeOf({ reason, message, exitCode }: Outcome): Pick<JobDocument, 'reason' | 'message' | 'exit_code'> {
  return {
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
  };
}

function workloadDocumentOf({ kind, namespace, name, uid }: WorkloadReference): WorkloadDocument {
  return uid === undefined ? { kind, namespace, name } : { kind, namespace, name, uid };
}

/** The numbers and words that `/health` and `/readyz` show, healthy or not. */
export function healthFieldsOf(
  health: Health,
  version: string,
  kinds?: readonly KindView[],
): Omit<HealthDocument, 'status'> {
  return {
    cluster: health.cluster,
    store: health.store,
    pending: health.pending,
    running: health.running,
    waiting: health.waiting,
    max_concurrency: health.maxConcurrency,
    paused: health.paused,
    version,
    ...(kinds && { workloads: kinds.map(kindHealthOf) }),
  };
}

/** Without the API server's words: everybody may ask. */
function kindHealthOf({ kind, available, states, unhealthy }: KindView): KindHealthDocument {
  return { kind, available, states, unhealthy };
}
