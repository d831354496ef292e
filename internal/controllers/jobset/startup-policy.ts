// Which replicated jobs may start now, the same for Jobs that are made and for Jobs that are resumed. `AnyOrder`: all whose
// dependencies are reached. `InOrder`: one at a time, the first that has not started; the ones before it have. Pure.
import { jobSetReasons } from '../../../pkg/models/index.ts';
import { allStarted, type Counts } from './counts.ts';
import { dependenciesReached } from './depends-on.ts';
import type { JobSetRecord, ReplicatedJobRecord } from './records.ts';
import type { StatusDraft } from './status-draft.ts';

export interface Startable {
  replicatedJobs: ReplicatedJobRecord[];
  /** The startup order leaves some of them for later. */
  inProgress: boolean;
}

export function startable(jobSet: JobSetRecord, counts: Counts): Startable {
  const reached = jobSet.replicatedJobs.filter((each) => dependenciesReached(each, jobSet, counts));
  if (!jobSet.inOrder || jobSet.suspended) return { replicatedJobs: reached, inProgress: false };
  const next = reached.find((each) => !allStarted(each, counts));
  return { replicatedJobs: next ? [next] : [], inProgress: next !== undefined };
}

/** Nothing is said of it while the JobSet is suspended. */
export function noteStartup(jobSet: JobSetRecord, { inProgress }: Startable, draft: StatusDraft): void {
  if (!jobSet.inOrder || jobSet.suspended) return;
  const change = { status: 'True', event: 'Normal' } as const;
  if (inProgress)
    draft.condition({
      ...{ ...change, type: 'StartupPolicyInProgress', reason: jobSetReasons.startupInProgress },
      message: 'in order startup policy is in progress',
    });
  else
    draft.condition({
      ...{ ...change, type: 'StartupPolicyCompleted', reason: jobSetReasons.startupCompleted },
      message: 'in order startup policy has completed',
    });
}
