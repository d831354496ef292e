// The marks that kubejobs puts on what it creates. Informers, recovery and deletion select on the queue id,
// so two kubejobs on one cluster never touch each other's workloads.

export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedByValue = 'kubejobs';
export const queueIdLabel = 'kubejobs.io/queue-id';
export const jobIdLabel = 'kubejobs.io/job-id';
export const attemptLabel = 'kubejobs.io/attempt';

export const simulateDurationAnnotation = 'kubejobs.io/simulate-duration';
export const simulateExitCodeAnnotation = 'kubejobs.io/simulate-exit-code';

export function ourSelector(queueId: string): string {
  return `${queueIdLabel}=${queueId}`;
}
