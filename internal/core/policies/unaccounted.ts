// Jobs that run by their rows, whose attempt no row tells of any more: damage, or somebody's hand.
// Rule: the job has failed with `record_damaged` and frees its slot. It is not run again, whatever its rules say, for its
// workload may be there; and as nobody knows where, it is left alone. Jobs that wait for it go on or are cancelled.
import type { Decision } from '../decisions.ts';
import type { CoreState } from '../state.ts';
import { ended } from './dependents.ts';

export interface UnaccountedJob {
  jobId: string;
  attempt: number;
  /** What is wrong with the rows, for people. */
  why: string;
}

export function endUnaccounted(state: CoreState, { jobId, attempt, why }: UnaccountedJob, at: number): Decision[] {
  const reason = 'record_damaged';
  const message = `${why}; its workload, if there is one, is left alone`;
  return [
    {
      kind: 'change_job',
      jobId,
      set: { state: 'failed', reason, message, finishedAt: at },
      timeline: { at, state: 'failed', reason, message, attempt },
    },
    ...ended(state, jobId, 'failed', at),
  ];
}
