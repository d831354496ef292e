// What a schedule does at a moment: which of its runs takes place, which are missed and why, and when to look again. Pure.
//
// Rule, after Kubernetes' CronJob: of all runs that are due only the last one can take place; the others are missed. It is
// missed too when it is later than the starting deadline, and, under Forbid, while a job of the schedule is not finished.
// Unlike there, a run that Forbid left out is not made up for when that job ends, and runs of the time in which a schedule
// was suspended are neither run nor counted.
import type { MissedReason, MissedRun, Schedule } from '../../pkg/models/index.ts';
import type { Times } from './cron.ts';

export interface Situation {
  now: number;
  schedule: Schedule;
  times: Times;
  /** The newest job that was made for it, and the time of its run. */
  newest: { jobId: string; at: number } | undefined;
  /** Those of its jobs that are not finished. */
  unfinished: readonly string[];
}

export interface Decision {
  /** The row with what is certain by now. */
  schedule: Schedule;
  /** To be done next, and then noted with `noteRun` or `noteMissed`. */
  run?: { at: number; cancel: readonly string[] };
}

/** An absence adds at most so many to the missed runs: Kubernetes gives up counting there too. */
export const mostMissedAtOnce = 100;
const mostActiveJobs = 100;

export function decide(situation: Situation): Decision {
  const { now, times, unfinished } = situation;
  const schedule = { ...noteUnrecorded(situation), activeJobIds: [...unfinished] };
  if (schedule.suspended) return { schedule };
  const at = lastDue(schedule, times, now);
  if (at === undefined) return { schedule };
  const upToDate = noteSuperseded(schedule, times, at);
  const missed = whyMissed(upToDate, at, situation);
  if (missed) return { schedule: noteMissed(upToDate, { at, ...missed }) };
  const cancel = schedule.concurrencyPolicy === 'Replace' ? unfinished : [];
  return { schedule: upToDate, run: { at, cancel } };
}

/** The run took place: `jobId` is its job. */
export function noteRun(schedule: Schedule, at: number, jobId: string): Schedule {
  const activeJobIds = [...schedule.activeJobIds.filter((id) => id !== jobId), jobId].slice(-mostActiveJobs);
  return { ...schedule, consideredUpTo: at, lastRunAt: at, lastJobId: jobId, activeJobIds };
}

export function noteMissed(schedule: Schedule, missed: MissedRun, count = 1): Schedule {
  const consideredUpTo = Math.max(schedule.consideredUpTo, missed.at);
  return { ...schedule, consideredUpTo, missedRuns: schedule.missedRuns + count, lastMissed: missed };
}

/** A job that was submitted, and then the program ended before it wrote that down. */
function noteUnrecorded({ schedule, newest, times }: Situation): Schedule {
  if (!newest || newest.at <= schedule.consideredUpTo) return schedule;
  return noteRun(noteSuperseded(schedule, times, newest.at), newest.at, newest.jobId);
}

function lastDue({ consideredUpTo }: Schedule, times: Times, now: number): number | undefined {
  const first = times.after(consideredUpTo);
  return first === undefined || first > now ? undefined : (times.lastUntil(now) ?? first);
}

/** Counts the runs before `at` that nothing came of. */
function noteSuperseded(schedule: Schedule, times: Times, at: number): Schedule {
  let count = 0;
  let next = times.after(schedule.consideredUpTo);
  while (next !== undefined && next < at && count < mostMissedAtOnce) {
    count += 1;
    next = times.after(next);
  }
  const last = count > 0 ? times.lastUntil(at - 1) : undefined;
  return last === undefined ? schedule : noteMissed(schedule, { at: last, reason: 'superseded' }, count);
}

function whyMissed(
  { startingDeadlineMs, concurrencyPolicy }: Schedule,
  at: number,
  { now, unfinished }: Situation,
): { reason: MissedReason; message?: string } | undefined {
  if (startingDeadlineMs !== undefined && now - at > startingDeadlineMs) return { reason: 'too_late' };
  if (concurrencyPolicy !== 'Forbid' || unfinished.length === 0) return undefined;
  return { reason: 'job_unfinished', message: `job ${unfinished.at(-1)} was not finished` };
}
