// Overlapping: workloads of two attempts of one job, unfinished at the same moment.
import type { Facts, JobFacts } from '../facts.ts';
import { type Finding, nameOf } from '../finding.ts';
import { overlap } from '../workloads.ts';

export function findOverlapping({ jobs }: Facts): Finding[] {
  return jobs.flatMap(ofJob);
}

function ofJob(job: JobFacts): Finding[] {
  const { workloads } = job;
  const pairs = workloads.flatMap((a, index) => workloads.slice(index + 1).map((b) => [a, b] as const));
  return pairs
    .filter(([a, b]) => a.attempt !== b.attempt && overlap(a, b))
    .map(([a, b]) => ({
      defect: 'overlapping',
      sentence: `${nameOf(job)}: ${a.name} and ${b.name} were unfinished together`,
    }));
}
