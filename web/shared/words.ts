// States and reasons in words for people. The word of the API stays beside them: it is what one searches for.
import type { JobReason } from '../../pkg/models/index.ts';

const sentences: Record<JobReason, string> = {
  waiting_for_slot: 'waits for a free slot',
  settling: 'about to start: the queue waits a moment for more important jobs',
  paused: 'the queue is paused',
  quota_refused: 'the namespace’s quota has no room for it',
  cluster_unreachable: 'the cluster does not answer',
  draining: 'the server is stopping',
  creating: 'its workload is being created',
  create_unknown: 'nobody knows yet whether its workload was created',
  starting: 'its pods are starting',
  unschedulable: 'no node takes its pods',
  image_problem: 'its image cannot be had',
  cancelling: 'its workload is being deleted',
  exit_code: 'a container ended with an exit code',
  oom_killed: 'a container ran out of memory',
  deadline: 'it took too long',
  create_refused: 'Kubernetes refused its workload',
  workload_deleted: 'somebody deleted its workload',
  node_lost: 'its node was lost',
  record_damaged: 'its record cannot be read',
  by_user: 'cancelled by a person',
  dependency_failed: 'a job that it waited for ended otherwise',
  queue_timeout: 'it waited too long',
  held_by_user: 'held by a person',
  start_after: 'not before its time',
  retry_backoff: 'waits before its next attempt',
  waiting_for_jobs: 'waits for other jobs',
};

export function inWords(reason: JobReason | undefined): string {
  return reason === undefined ? '' : (sentences[reason] ?? reason);
}
