// When a JobSet has succeeded. `Any` needs one successful Job among the targets, `All` every replica of the targets; an
// empty list of targets means every replicated job. Asked only when some Job has succeeded. Pure.
import type { ChildJob } from './child-jobs.ts';
import type { JobSetRecord } from './records.ts';

export function isSuccess(
  { successPolicy, replicatedJobs }: Pick<JobSetRecord, 'successPolicy' | 'replicatedJobs'>,
  successful: readonly ChildJob[],
  parentOf: (job: ChildJob) => string | undefined,
): boolean {
  const { operator, targets } = successPolicy;
  const isTarget = (name: string | undefined): boolean =>
    targets.length === 0 || (name !== undefined && targets.includes(name));
  const count = successful.filter((job) => isTarget(parentOf(job))).length;
  if (operator === 'Any') return count >= 1;
  const wanted = replicatedJobs.filter(({ name }) => isTarget(name)).reduce((sum, { replicas }) => sum + replicas, 0);
  return count >= wanted;
}
