// A replicated job starts only when every replicated job that it depends on has reached its status: `Ready` when ready,
// succeeded and failed Jobs together are all replicas, `Complete` when the succeeded ones are. Pure.
import { allStarted, type Counts } from './counts.ts';
import type { JobSetRecord, ReplicatedJobRecord } from './records.ts';

export function dependenciesReached(
  { dependsOn }: ReplicatedJobRecord,
  { replicatedJobs }: Pick<JobSetRecord, 'replicatedJobs'>,
  counts: Counts,
): boolean {
  return dependsOn.every(({ name, status }) => {
    const other = replicatedJobs.find((each) => each.name === name);
    if (other === undefined) return false;
    return status === 'Ready' ? allStarted(other, counts) : counts.get(name)?.succeeded === other.replicas;
  });
}
