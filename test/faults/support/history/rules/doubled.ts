// Doubled: two workloads of one attempt, whatever their names; a workload of an attempt that no retry allows; one
// submission that became two jobs.
import type { Facts, JobFacts } from '../facts.ts';
import { type Finding, nameOf } from '../finding.ts';
import type { WorkloadLife } from '../workloads.ts';

export function findDoubled({ jobs }: Facts): Finding[] {
  const sentences = [...jobs.flatMap(ofOneAttempt), ...jobs.flatMap(beyondRetries), ...ofOneSubmission(jobs)];
  return sentences.map((sentence) => ({ defect: 'doubled', sentence }));
}

function ofOneAttempt(job: JobFacts): string[] {
  return sharing(job.workloads, (life) => life.attempt).map(
    (lives) => `${nameOf(job)} has ${lives.length} workloads of attempt ${lives[0]?.attempt}: ${listOf(lives)}`,
  );
}

function beyondRetries(job: JobFacts): string[] {
  const allowed = 1 + job.retries;
  return job.workloads
    .filter(({ attempt }) => attempt === undefined || attempt > allowed)
    .map(({ attempt, name }) => `${nameOf(job)} has a workload ${name} of attempt ${attempt}; ${allowed} allowed`);
}

function ofOneSubmission(jobs: readonly JobFacts[]): string[] {
  return sharing(jobs, (job) => job.name).map(
    (same) => `one submission of ${same[0]?.name} became ${same.map((job) => job.jobId).join(' and ')}`,
  );
}

/** Those that have a key in common, together. */
function sharing<T>(items: readonly T[], keyOf: (item: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.values()].filter((group) => group.length > 1);
}

function listOf(lives: readonly WorkloadLife[]): string {
  return lives.map(({ name, uid }) => `${name} (${uid})`).join(', ');
}
