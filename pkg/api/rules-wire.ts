// A job's rules (when, how long, how often) between the wire and the model: seconds outside, milliseconds inside.
import type { JobRules, RetryCause, RetryRules } from '../models/index.ts';
import type { JobDocument } from './schemas/job.ts';
import type { SubmissionBody } from './schemas/submission.ts';

type RuleFields = Pick<
  SubmissionBody,
  'start_after' | 'after' | 'queue_timeout_seconds' | 'timeout_seconds' | 'retries' | 'on_finish' | 'results'
>;
type Given = { [Field in keyof RuleFields]?: RuleFields[Field] | undefined };

const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
export const defaultRetryCauses: readonly RetryCause[] = ['failed', 'timeout', 'deleted', 'node_lost'];

/** Undefined when there are none, as for most jobs. */
export function rulesOf(given: Given): JobRules | undefined {
  const { start_after, after, queue_timeout_seconds, timeout_seconds, retries, on_finish, results } = given;
  const rules: JobRules = {};
  if (typeof start_after === 'string') rules.startAt = Date.parse(start_after);
  else if (start_after !== undefined) rules.startInMs = durationMs(start_after.in);
  if (after !== undefined) {
    rules.after = after.map(({ job_id, on }) => ({ jobId: job_id.toLowerCase(), on: on ?? 'success' }));
  }
  if (queue_timeout_seconds !== undefined) rules.queueTimeoutMs = queue_timeout_seconds * 1_000;
  if (timeout_seconds !== undefined) rules.timeoutMs = timeout_seconds * 1_000;
  if (retries !== undefined) rules.retries = retryRulesOf(retries);
  if (on_finish !== undefined) rules.onFinish = on_finish;
  if (results) rules.results = true;
  return Object.keys(rules).length === 0 ? undefined : rules;
}

function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (unitMs[text.slice(-1)] as number);
}

function retryRulesOf(retries: NonNullable<RuleFields['retries']>): RetryRules {
  const { max, backoff_seconds = 10, backoff_factor = 2, max_backoff_seconds = 3_600, on } = retries;
  return {
    max,
    backoffMs: backoff_seconds * 1_000,
    backoffFactor: backoff_factor,
    maxBackoffMs: max_backoff_seconds * 1_000,
    on: (on as RetryCause[] | undefined) ?? [...defaultRetryCauses],
  };
}

/** What was asked for, with the defaults that applied. */
export function rulesDocumentOf(
  rules: JobRules,
): Pick<JobDocument, 'after' | 'queue_timeout_seconds' | 'timeout_seconds' | 'retries' | 'on_finish' | 'results'> {
  const { after, queueTimeoutMs, timeoutMs, retries, onFinish, results } = rules;
  return {
    ...(after && { after: after.map(({ jobId, on }) => ({ job_id: jobId, on })) }),
    ...(queueTimeoutMs !== undefined && { queue_timeout_seconds: queueTimeoutMs / 1_000 }),
    ...(timeoutMs !== undefined && { timeout_seconds: timeoutMs / 1_000 }),
    ...(retries && { retries: retriesDocumentOf(retries) }),
    ...(onFinish && { on_finish: onFinish }),
    ...(results && { results }),
  };
}

function retriesDocumentOf({ max, backoffMs, backoffFactor, maxBackoffMs, on }: RetryRules) {
  return {
    max,
    backoff_seconds: backoffMs / 1_000,
    backoff_factor: backoffFactor,
    max_backoff_seconds: maxBackoffMs / 1_000,
    on,
  };
}
