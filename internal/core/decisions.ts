// Everything the core can decide. The first group is written in the turn's commit, the second is done after it.
// Decisions name jobs by id only: the core knows no rows and no Kubernetes; the engine dresses them with both.
import type { Attempt, AttemptColumns, Job, JobColumns, TimelineEntry } from '../../pkg/models/index.ts';

export interface ChangeJob {
  kind: 'change_job';
  jobId: string;
  set: JobColumns;
  timeline?: TimelineEntry;
}

/** The job holds a slot from here on. An attempt of that number that quota had refused is replaced. */
export interface StartAttempt {
  kind: 'start_attempt';
  jobId: string;
  attempt: number;
  dispatchSequence: number;
  at: number;
}

export interface ChangeAttempt {
  kind: 'change_attempt';
  jobId: string;
  attempt: number;
  set: AttemptColumns;
}

export interface CreateWorkload {
  kind: 'create_workload';
  jobId: string;
  attempt: number;
}

/** `foreground`: the object outlives its pods, so the slot does too. `background`: clean-up of what is finished. */
export interface DeleteWorkload {
  kind: 'delete_workload';
  jobId: string;
  attempt: number;
  propagation: 'foreground' | 'background';
  /** It is looked at first, and one that came to its own end is left as it is. */
  unlessFinished?: true;
}

/** Send a `timer_fired` at this time. Only the last one of a turn counts. */
export interface WakeAt {
  kind: 'wake_at';
  at: number;
}

/** What people set for the whole queue, to be found again after a restart. */
export interface ChangeSettings {
  kind: 'change_settings';
  set: { maxConcurrency?: number; paused?: boolean };
}

export type Recorded = ChangeJob | StartAttempt | ChangeAttempt | ChangeSettings;
export type Decision = Recorded | CreateWorkload | DeleteWorkload | WakeAt;

/** An effect as the dispatcher gets it: the decision with the committed rows it is about. */
export type Effect =
  | { kind: 'create_workload'; job: Job; attempt: Attempt }
  | ({ kind: 'delete_workload'; jobId: string; attempt: Attempt } & Pick<
      DeleteWorkload,
      'propagation' | 'unlessFinished'
    >);
