// Suspending stops every active Job; resuming starts those whose turn it is, each with what may have changed in its pod
// template while it was suspended: labels, annotations, nodeSelector, tolerations and scheduling gates, merged over what is
// there, for others may have added theirs to the Job. Pure.
import { jobSetReasons } from '../../../pkg/models/index.ts';
import type { ChildJob } from './child-jobs.ts';
import type { JobChange, ResumePatch } from './plan.ts';
import type { ReplicatedJobRecord } from './records.ts';
import type { Startable } from './startup-policy.ts';
import type { StatusDraft } from './status-draft.ts';

export function suspendJobs(active: readonly ChildJob[], draft: StatusDraft): JobChange[] {
  draft.condition({
    ...{ type: 'Suspended', status: 'True', event: 'Normal', reason: jobSetReasons.suspended },
    message: 'jobset is suspended',
  });
  return active
    .filter(({ suspended, deleting }) => !suspended && !deleting)
    .map((job) => ({ job, clearStartTime: false, spec: { suspend: true } }));
}

/** While the startup order goes on, the JobSet counts as suspended: it is resumed when the last one has its turn. */
export function resumeJobs(
  { replicatedJobs, inProgress }: Startable,
  active: readonly ChildJob[],
  parentOf: (job: ChildJob) => string | undefined,
  draft: StatusDraft,
): JobChange[] {
  if (!inProgress)
    draft.condition({
      ...{ type: 'Suspended', status: 'False', event: 'Normal', reason: jobSetReasons.resumed },
      message: 'jobset is resumed',
    });
  const byName = new Map(replicatedJobs.map((each) => [each.name, each]));
  return active.flatMap((job) => {
    const replicatedJob = byName.get(parentOf(job) ?? '');
    if (!replicatedJob || !job.suspended || job.deleting) return [];
    return [{ job, clearStartTime: job.started, spec: resumePatch(job, replicatedJob) }];
  });
}

/** Maps are merged by the API server; lists are put together here. */
function resumePatch(job: ChildJob, { template }: ReplicatedJobRecord): ResumePatch {
  const { metadata = {}, spec = {} } = template.spec.template;
  const { labels, annotations } = metadata;
  const { nodeSelector } = spec;
  const tolerations = merged(job.tolerations, spec.tolerations);
  const schedulingGates = merged(job.schedulingGates, spec.schedulingGates);
  const places = {
    ...(nodeSelector ? { nodeSelector } : {}),
    ...(tolerations ? { tolerations } : {}),
    ...(schedulingGates ? { schedulingGates } : {}),
  };
  return {
    suspend: false,
    template: {
      metadata: { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
      spec: places,
    },
  };
}

/** Undefined when there is nothing to add. */
function merged<T extends object>(there: readonly T[] = [], wanted: readonly T[] = []): T[] | undefined {
  const known = new Set(there.map(canonical));
  const missing = wanted.filter((each) => !known.has(canonical(each)));
  return missing.length === 0 ? undefined : [...there, ...missing];
}

function canonical(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
