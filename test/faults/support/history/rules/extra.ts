// Extra: a workload that no job accounts for: its job is unknown or was never dispatched, or it is still unfinished when
// everything is over.
import { type Facts, isFinished, type JobFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { WorkloadLife } from '../workloads.ts';

export function findExtra({ jobs, workloads, history }: Facts): Finding[] {
  if (!history.drained) return [];
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  return workloads.flatMap((life) => {
    const why = unaccounted(life, byId.get(life.jobId ?? ''));
    return why === undefined ? [] : [{ defect: 'extra' as const, sentence: `the workload ${life.name} ${why}` }];
  });
}

function unaccounted(life: WorkloadLife, job: JobFacts | undefined): string | undefined {
  if (life.jobId === undefined) return 'has no job id';
  if (!job) return `belongs to a job ${life.jobId} that nobody knows`;
  if (!job.last?.attempts) return undefined;
  if (job.last.attempts.length === 0) return `belongs to ${job.name}, which was never dispatched`;
  if (life.ends === undefined && isFinished(job.last)) return `still runs, and ${job.name} is ${job.last.state}`;
  return undefined;
}
