// What a failed Job means for its JobSet. Without a policy the JobSet fails. With one, the first rule in order that matches
// some failed Job decides, and among the Jobs that it matches the one that failed earliest is named; where no rule matches,
// the JobSet restarts. A restart that counts fails the JobSet when `maxRestarts` of them are used up. Pure.
import { type FailurePolicyAction, jobSetEventReasons, jobSetReasons } from '../../../pkg/models/index.ts';
import type { ChildJob } from './child-jobs.ts';
import { isFound } from './patterns.ts';
import type { JobSetRecord, NamedRule } from './records.ts';
import type { StatusDraft } from './status-draft.ts';

const messages = {
  failedJobs: 'jobset failed due to one or more job failures',
  reachedMaxRestarts: 'jobset failed due to reaching max number of restarts',
  failed: 'applying FailJobSet failure policy action',
  restarted: 'applying RestartJobSet failure policy action',
  restartedUncounted: 'applying RestartJobSetAndIgnoreMaxRestarts failure policy action',
} as const;

/** `failed`: at least one. */
export function applyFailurePolicy(
  { failurePolicy }: Pick<JobSetRecord, 'failurePolicy'>,
  failed: readonly ChildJob[],
  parentOf: (job: ChildJob) => string | undefined,
  draft: StatusDraft,
): void {
  if (failurePolicy === undefined) {
    draft.finish('Failed', jobSetReasons.failedJobs, withFirst(messages.failedJobs, earliest(failed)));
    return;
  }
  const { action, job } = verdict(failurePolicy.rules, failed, parentOf);
  const usedUp = draft.restartsCountTowardsMax >= failurePolicy.maxRestarts;
  if (action === 'FailJobSet') draft.finish('Failed', jobSetReasons.failedByRule, withFirst(messages.failed, job));
  else if (action === 'RestartJobSetAndIgnoreMaxRestarts')
    draft.restart(false, jobSetEventReasons.restartedUncounted, withFirst(messages.restartedUncounted, job));
  else if (usedUp)
    draft.finish('Failed', jobSetReasons.reachedMaxRestarts, withFirst(messages.reachedMaxRestarts, job));
  else draft.restart(true, jobSetEventReasons.restarted, withFirst(messages.restarted, job));
}

interface Verdict {
  action: FailurePolicyAction;
  job: ChildJob | undefined;
}

function verdict(
  rules: readonly NamedRule[],
  failed: readonly ChildJob[],
  parentOf: (job: ChildJob) => string | undefined,
): Verdict {
  for (const rule of rules) {
    const job = earliest(failed.filter((each) => matches(rule, each, parentOf(each))));
    if (job) return { action: rule.action, job };
  }
  return { action: 'RestartJobSet', job: earliest(failed) };
}

function matches(rule: NamedRule, { end }: ChildJob, parent: string | undefined): boolean {
  const { onJobFailureReasons: reasons = [], onJobFailureMessagePatterns: patterns = [] } = rule;
  const { targetReplicatedJobs: targets = [] } = rule;
  return (
    (reasons.length === 0 || reasons.some((reason) => reason === end?.reason)) &&
    (patterns.length === 0 || patterns.some((pattern) => isFound(pattern, end?.message ?? ''))) &&
    (targets.length === 0 || (parent !== undefined && targets.includes(parent)))
  );
}

/** Of two at the same second the first by name. Kubernetes' times sort as text. */
function earliest(failed: readonly ChildJob[]): ChildJob | undefined {
  const key = ({ end, name }: ChildJob): string => `${end?.at} ${name}`;
  return failed.reduce<ChildJob | undefined>(
    (first, job) => (first && key(first) <= key(job) ? first : job),
    undefined,
  );
}

function withFirst(message: string, job: ChildJob | undefined): string {
  return `${message} (first failed job: ${job?.name ?? ''})`;
}
