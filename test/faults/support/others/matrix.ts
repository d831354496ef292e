// The matrix of row 9: what others do to the objects of a queue, each case by its name, in the order of the seeds.
// Whoever only prints the table reads this file, so it imports nothing.

export const caseNames = [
  'pods_refused_by_a_quota_of_pods',
  'pods_refused_by_a_quota_of_cpu',
  'pods_refused_by_a_limit_range',
  'namespace_gone_with_the_rights_in_it',
  'job_deleted_after_the_rights_were_taken',
  'namespace_terminating_while_running',
  'namespace_terminating_while_pending',
  'namespace_gone_while_pending',
  'job_held_by_a_finalizer_of_others',
  'job_with_an_owner_that_is_deleted',
  'jobs_refused_by_a_quota',
  'job_deleted_background_while_its_pod_is_pending',
  'job_deleted_foreground_while_its_pod_is_pending',
  'job_deleted_orphan_while_its_pod_is_pending',
  'job_deleted_background_while_running',
  'job_deleted_foreground_while_running',
  'job_deleted_orphan_while_running',
  'job_deleted_background_as_it_finishes',
  'job_deleted_foreground_as_it_finishes',
  'job_deleted_orphan_as_it_finishes',
  'job_deleted_unseen_after_its_end',
  'job_deleted_after_its_end_was_seen',
  'job_deleted_again_and_made_by_others',
  'pod_deleted_while_pending',
  'pod_deleted_while_running',
  'pod_evicted_while_running',
  'ttl_of_zero_after_success',
  'ttl_of_zero_after_failure',
  'labels_of_the_job_removed',
  'labels_of_the_job_removed_then_deleted',
  'labels_of_the_pod_removed',
  'job_suspended_and_resumed',
] as const;

export type CaseName = (typeof caseNames)[number];

/** Seed 1 is the first case. */
export function caseOf(seed: number): CaseName {
  return caseNames[(seed - 1) % caseNames.length] as CaseName;
}
