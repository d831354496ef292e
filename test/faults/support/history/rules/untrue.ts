// Untrue: an outcome that the API server's objects contradict, or a finished job that is unfinished later.
// A job is `succeeded` only when its workload was Complete, failed by itself only when it was Failed, and said to be
// deleted by others only when it had not ended before; cancelled only when somebody asked for it.
import type { JobDocument } from '../../../../../pkg/client/documents.ts';
import { type Facts, isFinished, type JobFacts } from '../facts.ts';
import { type Finding, nameOf, timeOf } from '../finding.ts';

export function findUntrue({ jobs }: Facts): Finding[] {
  return jobs.flatMap((job) => {
    const sentences = [wentBack(job), contradicted(job)];
    return sentences.flatMap((what) =>
      what === undefined ? [] : [{ defect: 'untrue' as const, sentence: `${nameOf(job)} ${what}` }],
    );
  });
}

function wentBack({ sightings, line }: JobFacts): string | undefined {
  const first = sightings.find(({ job }) => isFinished(job));
  if (!first) return undefined;
  const later = sightings.find((one) => one.sentAt > first.answeredAt && one.job.state !== first.job.state);
  if (later) return `was ${first.job.state} and is ${later.job.state} at ${timeOf(later.sentAt)}`;
  return line && !isFinished(line) ? `was ${first.job.state} and is ${line.state} in the last list` : undefined;
}

const endedByItself: readonly unknown[] = ['exit_code', 'oom_killed', 'deadline'];

function contradicted(job: JobFacts): string | undefined {
  const { last, cancels, workloads } = job;
  if (!last) return undefined;
  const said = `is ${last.state}${last.reason === undefined ? '' : ` (${last.reason})`}`;
  if (last.state === 'cancelled' && cancels.length === 0) return `${said}, which nobody asked for`;
  if (last.reason === 'create_refused' && workloads.length > 0) return `${said}; its workload exists`;
  const end = workloads.find((life) => life.uid === last.workload?.uid)?.end;
  return mayEnd(last, end) ? undefined : `${said}; its workload ${end === undefined ? 'never ended' : `was ${end}`}`;
}

/** Whether a job may be in its state when its workload was seen to end like this. */
function mayEnd({ state, reason }: JobDocument, end: 'Complete' | 'Failed' | undefined): boolean {
  if (state === 'succeeded') return end === 'Complete';
  if (endedByItself.includes(reason)) return end === 'Failed';
  return reason === 'workload_deleted' ? end === undefined : true;
}
