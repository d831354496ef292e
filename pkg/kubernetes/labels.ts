// The marks that kubejobs puts on what it creates. Informers, recovery and deletion select on the queue id,
// so two kubejobs on one cluster never touch each other's workloads.

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedByValue = 'kubejobs';
export const queueIdLabel = 'kubejobs.io/queue-id';
export const jobIdLabel = 'kubejobs.io/job-id';
export const attemptLabel = 'kubejobs.io/attempt';

export const simulateDurationAnnotation = 'kubejobs.io/simulate-duration';
export const simulateExitCodeAnnotation = 'kubejobs.io/simulate-exit-code';

/** On pods: how many their group must have. */
export const podGroupSizeAnnotation = 'kubejobs.io/podgroup-size';
/** Far above what one group can be; anything beyond is a slip of the hand. */
export const largestPodGroup = 100_000;

export function ourSelector(queueId: string): string {
  return `${queueIdLabel}=${queueId}`;
}
