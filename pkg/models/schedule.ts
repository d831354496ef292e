// A schedule: a job that is submitted again and again, at the times of a cron expression. Plain data; times are
// milliseconds since the epoch.

/** What happens at a run's time while a job of the schedule is not finished. */
export const concurrencyPolicies = ['Allow', 'Forbid', 'Replace'] as const;
/** `Allow` submits another one, `Forbid` leaves this run out, `Replace` cancels the unfinished ones first. */
export type ConcurrencyPolicy = (typeof concurrencyPolicies)[number];

/**
 * Why a run did not take place: `too_late` (its starting deadline was over), `superseded` (the program was away, and a
 * later run took its place), `job_unfinished` (Forbid), `refused` (the job was not accepted).
 */
export const missedReasons = ['too_late', 'superseded', 'job_unfinished', 'refused'] as const;
export type MissedReason = (typeof missedReasons)[number];

export interface MissedRun {
  /** The time of the run. */
  at: number;
  reason: MissedReason;
  /** For people. */
  message?: string;
}

/** What a person says of a schedule. */
export interface ScheduleSettings {
  /** Five fields, or a word such as `@daily`. */
  cron: string;
  /** An IANA name. */
  timeZone: string;
  concurrencyPolicy: ConcurrencyPolicy;
  /** How late a run may be; absent, any time. */
  startingDeadlineMs?: number;
  suspended: boolean;
  /** A submission as POST /jobs takes it. */
  job: Record<string, unknown>;
}

/** A schedule's row. */
export interface Schedule extends ScheduleSettings {
  scheduleId: string;
  name: string;
  createdAt: number;
  /** Runs up to this time are dealt with. */
  consideredUpTo: number;
  /** The time that the last run was for. */
  lastRunAt?: number;
  lastJobId?: string;
  /** The newest of its jobs that may not be finished yet, oldest first. */
  activeJobIds: string[];
  missedRuns: number;
  lastMissed?: MissedRun;
}
