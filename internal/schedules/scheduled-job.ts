// The jobs of a schedule: how they are marked, so that they are found again, and the key under which each run is submitted.
import type { Job, JobSubmission, Schedule } from '../../pkg/models/index.ts';

export const scheduleLabel = 'kubejobs.io/schedule';
export const scheduleIdAnnotation = 'kubejobs.io/schedule-id';
export const scheduledAtAnnotation = 'kubejobs.io/scheduled-at';

/** The submission of the run at this time. */
export function submissionOfRun(schedule: Schedule, at: number, submission: JobSubmission): JobSubmission {
  const { name, scheduleId } = schedule;
  const marks = { [scheduleIdAnnotation]: scheduleId, [scheduledAtAnnotation]: new Date(at).toISOString() };
  return {
    ...submission,
    labels: { ...submission.labels, [scheduleLabel]: name },
    annotations: { ...submission.annotations, ...marks },
  };
}

/** The same for every try of this run. No client has a key with a space in it. */
export function keyOfRun({ scheduleId }: Schedule, at: number): string {
  return `kubejobs schedule/${scheduleId}/${new Date(at).toISOString()}`;
}

/** Which run of the schedule the job is; undefined when it is none, as that of an earlier schedule of this name. */
export function runOf({ scheduleId }: Schedule, { annotations = {} }: Pick<Job, 'annotations'>): number | undefined {
  if (annotations[scheduleIdAnnotation] !== scheduleId) return undefined;
  const at = Date.parse(annotations[scheduledAtAnnotation] ?? '');
  return Number.isNaN(at) ? undefined : at;
}
