// The border between columns and the model: the only mapping of rows to jobs, attempts and history.
// A row that cannot be read throws an UnreadableRow, and whoever reads rows sets it aside.
import {
  type Attempt,
  type AttemptOutcome,
  type Creation,
  creations,
  type Dependency,
  type Job,
  type JobReason,
  type JobRules,
  type JobState,
  jobStates,
  type TimelineEntry,
  type WorkloadKind,
  type WorkloadSpec,
  workloadKinds,
} from '../../../pkg/models/index.ts';
import { jobIdFromHex } from '../job-id.ts';
import { areDependencies, areRules, areTexts, isNumber, isPriority, isTime, mostAttempts } from './sound-values.ts';

export class UnreadableRow extends Error {}

export interface JobRow {
  job_id: string;
  sequence: number;
  name: string;
  priority: number;
  queue: string;
  namespace: string | null;
  labels: string | null;
  annotations: string | null;
  spec: string;
  accepted_as: string | null;
  state: string;
  reason: string | null;
  message: string | null;
  attempt: number;
  exit_code: number | null;
  created_at: number;
  started_at: number | null;
  finished_at: number | null;
  rules: string | null;
  held: number | null;
  start_at: number | null;
  expires_at: number | null;
  waits_for: string | null;
  attempts_before: number | null;
  gave_way_times: number | null;
}

/** Ids come as hex text, which is cheaper than a Buffer for each. */
export const jobColumns = `
  lower(hex(jobs.job_id)) AS job_id, jobs.sequence, jobs.name, jobs.priority, jobs.queue,
  jobs.namespace, jobs.labels, jobs.annotations, jobs.spec,
  jobs.accepted_as, jobs.state, jobs.reason, jobs.message,
  jobs.attempt, jobs.exit_code, jobs.created_at, jobs.started_at, jobs.finished_at,
  jobs.rules, jobs.held, jobs.start_at, jobs.expires_at, jobs.waits_for, jobs.attempts_before,
  jobs.gave_way_times`;

export interface AttemptRow {
  job_id: string;
  attempt: number;
  dispatch_sequence: number;
  dispatched_at: number;
  workload_kind: string;
  workload_namespace: string;
  workload_name: string;
  workload_uid: string | null;
  creation: string;
  unknown_at: number | null;
  cancel_requested_at: number | null;
  finished_at: number | null;
  outcome: string | null;
  reason: string | null;
  message: string | null;
  exit_code: number | null;
  cleanup_at: number | null;
  made_at: number | null;
  give_way: string | null;
  restarts: number | null;
}

export const attemptColumns = `
  lower(hex(attempts.job_id)) AS job_id, attempts.attempt, attempts.dispatch_sequence, attempts.dispatched_at,
  attempts.workload_kind, attempts.workload_namespace, attempts.workload_name, attempts.workload_uid,
  attempts.creation, attempts.unknown_at, attempts.cancel_requested_at, attempts.finished_at,
  attempts.outcome, attempts.reason, attempts.message, attempts.exit_code, attempts.cleanup_at, attempts.made_at,
  attempts.give_way, attempts.restarts`;

export interface TimelineRow {
  job_id: string;
  at: number;
  state: string;
  reason: string | null;
  message: string | null;
  attempt: number | null;
}

export function jobOf(row: JobRow): Job {
  assertSoundJob(row);
  return {
    jobId: jobIdFromHex(row.job_id),
    sequence: row.sequence,
    name: row.name,
    priority: row.priority,
    queue: row.queue,
    ...(row.namespace !== null && { namespace: row.namespace }),
    ...(row.labels !== null && { labels: parsedTexts(row, 'labels') }),
    ...(row.annotations !== null && { annotations: parsedTexts(row, 'annotations') }),
    workload: parsed(row, 'spec') as WorkloadSpec,
    state: stateOf(row.state, jobIdFromHex(row.job_id)),
    ...(row.reason !== null && { reason: row.reason as JobReason }),
    ...(row.message !== null && { message: row.message }),
    attempt: row.attempt,
    ...(row.exit_code !== null && { exitCode: row.exit_code }),
    createdAt: row.created_at,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    ...conditionsOf(row),
  };
}

const timesOfJob = ['created_at', 'started_at', 'finished_at', 'start_at', 'expires_at'] as const;

function assertSoundJob(row: JobRow): void {
  const time = timesOfJob.find((column) => !isTime(row[column]));
  const sound = {
    sequence: isNumber(row.sequence, 1),
    priority: isPriority(row.priority),
    attempt: isNumber(row.attempt, 0, mostAttempts),
    attempts_before: isNumber(row.attempts_before, 0, mostAttempts),
    gave_way_times: isNumber(row.gave_way_times, 0, mostAttempts),
  };
  const number = (Object.keys(sound) as Array<keyof typeof sound>).find((column) => !sound[column]);
  const column = time ?? number;
  if (column !== undefined) throw makesNoSense(`job ${jobIdFromHex(row.job_id)}`, column, row[column]);
}

function makesNoSense(whose: string, column: string, value: number | null): UnreadableRow {
  return new UnreadableRow(`${whose}: ${column} is ${value}, which makes no sense`);
}

function conditionsOf(row: JobRow): Partial<Job> {
  return {
    ...(row.rules !== null && { rules: parsedRules(jobIdFromHex(row.job_id), row.rules) }),
    ...(row.held === 1 && { held: true }),
    ...(row.start_at !== null && { startAt: row.start_at }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.waits_for !== null && { waitsFor: parsedDependencies(row) }),
    ...(row.attempts_before !== null && { attemptsBefore: row.attempts_before }),
    ...(row.gave_way_times !== null && { gaveWayTimes: row.gave_way_times }),
  };
}

export function attemptOf(row: AttemptRow): Attempt {
  if (!(creations as readonly string[]).includes(row.creation)) {
    throw new UnreadableRow(`attempt ${row.attempt} of job ${jobIdFromHex(row.job_id)}: creation "${row.creation}"`);
  }
  if (!(workloadKinds as readonly string[]).includes(row.workload_kind)) {
    throw new UnreadableRow(`attempt ${row.attempt} of job ${jobIdFromHex(row.job_id)}: kind "${row.workload_kind}"`);
  }
  assertSoundAttempt(row);
  return {
    attempt: row.attempt,
    dispatchSequence: row.dispatch_sequence,
    dispatchedAt: row.dispatched_at,
    workload: {
      kind: row.workload_kind as WorkloadKind,
      namespace: row.workload_namespace,
      name: row.workload_name,
      ...(row.workload_uid !== null && { uid: row.workload_uid }),
    },
    creation: row.creation as Creation,
    ...(row.unknown_at !== null && { unknownAt: row.unknown_at }),
    ...(row.cancel_requested_at !== null && { cancelRequestedAt: row.cancel_requested_at }),
    ...(row.finished_at !== null && { finishedAt: row.finished_at }),
    ...(row.outcome !== null && { outcome: row.outcome as AttemptOutcome }),
    ...(row.reason !== null && { reason: row.reason as JobReason }),
    ...(row.message !== null && { message: row.message }),
    ...(row.exit_code !== null && { exitCode: row.exit_code }),
    ...(row.cleanup_at !== null && { cleanupAt: row.cleanup_at }),
    ...(row.made_at !== null && { madeAt: row.made_at }),
    ...(row.give_way !== null && { giveWay: row.give_way }),
    ...(row.restarts !== null && { restarts: row.restarts }),
  };
}

const timesOfAttempt = [
  ...(['dispatched_at', 'unknown_at', 'cancel_requested_at'] as const),
  ...(['finished_at', 'cleanup_at', 'made_at'] as const),
];

function assertSoundAttempt(row: AttemptRow): void {
  const time = timesOfAttempt.find((column) => !isTime(row[column]));
  const sound = {
    attempt: isNumber(row.attempt, 1, mostAttempts),
    dispatch_sequence: isNumber(row.dispatch_sequence),
    restarts: isNumber(row.restarts, 0),
  };
  const number = (Object.keys(sound) as Array<keyof typeof sound>).find((column) => !sound[column]);
  const column = time ?? number;
  if (column === undefined) return;
  throw makesNoSense(`attempt ${row.attempt} of job ${jobIdFromHex(row.job_id)}`, column, row[column]);
}

/** The first line of a job's history, which is not stored. */
export function acceptanceOf(row: Pick<JobRow, 'job_id' | 'created_at' | 'accepted_as'>): TimelineEntry {
  return { at: row.created_at, state: stateOf(row.accepted_as ?? 'pending', jobIdFromHex(row.job_id)) };
}

export function timelineEntryOf(row: TimelineRow): TimelineEntry {
  if (!isTime(row.at)) throw makesNoSense(`the history of job ${jobIdFromHex(row.job_id)}`, 'at', row.at);
  return {
    at: row.at,
    state: stateOf(row.state, jobIdFromHex(row.job_id)),
    ...(row.reason !== null && { reason: row.reason as JobReason }),
    ...(row.message !== null && { message: row.message }),
    ...(row.attempt !== null && { attempt: row.attempt }),
  };
}

function stateOf(state: string, jobId: string): JobState {
  if (!(jobStates as readonly string[]).includes(state)) throw new UnreadableRow(`job ${jobId}: state "${state}"`);
  return state as JobState;
}

export function parsedRules(jobId: string, json: string): JobRules {
  const rules = objectOf(json, jobId, 'rules');
  if (!areRules(rules)) throw new UnreadableRow(`job ${jobId}: rules make no sense`);
  return rules;
}

function parsedTexts(row: JobRow, column: 'labels' | 'annotations'): Record<string, string> {
  const value = parsed(row, column);
  if (areTexts(value)) return value;
  throw new UnreadableRow(`job ${jobIdFromHex(row.job_id)}: ${column} are not texts by name`);
}

function parsedDependencies(row: JobRow): Dependency[] {
  const waitsFor = parsed(row, 'waits_for');
  if (areDependencies(waitsFor)) return waitsFor;
  throw new UnreadableRow(`job ${jobIdFromHex(row.job_id)}: waits_for makes no sense`);
}

function parsed(row: JobRow, column: 'labels' | 'annotations' | 'spec' | 'waits_for'): object {
  return objectOf(row[column] as string, jobIdFromHex(row.job_id), column);
}

function objectOf(json: string, jobId: string, column: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // reported below, like JSON that is not an object
  }
  throw new UnreadableRow(`job ${jobId}: ${column} is not a JSON object`);
}
