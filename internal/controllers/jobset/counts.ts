// How many Jobs of each replicated job are ready, succeeded, failed, active and suspended. Pure.
import type { ReplicatedJobStatus } from '../../../pkg/models/index.ts';
import type { ChildJob, Children } from './child-jobs.ts';
import type { Seat } from './naming.ts';
import type { ReplicatedJobRecord } from './records.ts';

export type Counts = ReadonlyMap<string, ReplicatedJobStatus>;

/** Which replicated job a Job is of: by its name, or by its label where it has a name that is none of ours. */
export function parentsOf(seats: readonly Seat[][]): (job: ChildJob) => string | undefined {
  const byName = new Map(seats.flat().map(({ name, replicatedJob }) => [name, replicatedJob.name]));
  return (job) => byName.get(job.name) ?? job.replicatedJob;
}

export function countJobs(
  replicatedJobs: readonly ReplicatedJobRecord[],
  { active, successful, failed }: Children,
  parentOf: (job: ChildJob) => string | undefined,
): Counts {
  const zero = { ready: 0, succeeded: 0, failed: 0, active: 0, suspended: 0 };
  const counts = new Map(replicatedJobs.map(({ name }) => [name, { name, ...zero }]));
  const add = (jobs: readonly ChildJob[], what: keyof typeof zero): void => {
    for (const job of jobs) {
      const count = counts.get(parentOf(job) ?? '');
      if (count) count[what] += 1;
    }
  };
  add(active.filter(isReady), 'ready');
  add(
    active.filter((job) => job.active > 0),
    'active',
  );
  add(
    active.filter((job) => job.suspended),
    'suspended',
  );
  add(successful, 'succeeded');
  add(failed, 'failed');
  return counts;
}

function isReady({ succeeded, ready, pods }: ChildJob): boolean {
  return succeeded + ready >= pods;
}

/** Every replica has got as far as it takes for others to begin, whatever has become of it since. */
export function allStarted(
  { name, replicas }: Pick<ReplicatedJobRecord, 'name' | 'replicas'>,
  counts: Counts,
): boolean {
  const count = counts.get(name);
  return count !== undefined && count.ready + count.succeeded + count.failed === replicas;
}

export function sameCounts(before: readonly ReplicatedJobStatus[] | undefined, now: Counts): boolean {
  if (before === undefined || before.length !== now.size) return false;
  return before.every((one) => {
    const other = now.get(one.name);
    return other !== undefined && countNames.every((name) => (one[name] ?? 0) === other[name]);
  });
}

const countNames = ['ready', 'succeeded', 'failed', 'active', 'suspended'] as const;
