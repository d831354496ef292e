// What is said of a workload as a whole: its state, and whether it is healthy, with the reason when it is not. Pure.
//
//   state      Complete, Failed, Suspended by what the object itself says; else Running from the moment that anything of it
//              has run; else Pending
//   unhealthy  it failed; or it is neither finished nor suspended, and a pod of it has a container issue, failed or cannot be
//              scheduled, or a Job of it is unhealthy
import type { Family } from './family.ts';
import type { PodRecord, WatchedKind, WorkloadRecord, WorkloadState } from './records.ts';

export interface WorkloadSummary {
  kind: WatchedKind;
  namespace: string;
  name: string;
  uid: string;
  owner?: { kind: string; name: string };
  state: WorkloadState;
  healthy: boolean;
  /** Of an unhealthy one. */
  reason?: string;
  message?: string;
  /** Pods by state. */
  pods: Record<string, number>;
  /** Of a JobSet: its Jobs by state. */
  jobs?: Record<string, number>;
}

export function summaryOf(record: WorkloadRecord, family: Family): WorkloadSummary {
  const { kind, namespace, name, uid, owner } = record;
  const state = stateOf(record, family);
  const trouble = troubleOf(record, state, family);
  return {
    ...{ kind, namespace, name, uid },
    ...(owner ? { owner: { kind: owner.kind, name: owner.name } } : {}),
    state,
    healthy: trouble === undefined,
    ...trouble,
    pods: family.podStates.counts(),
    ...(kind === 'JobSet' ? { jobs: family.jobStates.counts() } : {}),
  };
}

export function stateOf(
  { finished, suspended, started }: Pick<WorkloadRecord, 'finished' | 'suspended' | 'started'>,
  { podStates, jobStates }: Pick<Family, 'podStates' | 'jobStates'>,
): WorkloadState {
  if (finished) return finished;
  if (suspended) return 'Suspended';
  const hasRun = podStates.get('Running') + podStates.get('Succeeded') + podStates.get('Failed') > 0;
  const jobHasRun = jobStates.get('Running') + jobStates.get('Complete') + jobStates.get('Failed') > 0;
  return started || hasRun || jobHasRun ? 'Running' : 'Pending';
}

interface Trouble {
  reason: string;
  message?: string;
}

function troubleOf(record: WorkloadRecord, state: WorkloadState, family: Family): Trouble | undefined {
  if (state === 'Complete' || state === 'Suspended') return undefined;
  const below = troubleBelow(family);
  if (state !== 'Failed') return below;
  const { reason = 'Failed', message } = record.failure ?? {};
  return below ?? { reason, ...(message ? { message } : {}) };
}

function troubleBelow({ troubledPod, unhealthyJob }: Family): Trouble | undefined {
  if (troubledPod) return podTrouble(troubledPod);
  if (unhealthyJob === undefined) return undefined;
  const { name, reason = 'Failed', message } = unhealthyJob.summary;
  return { reason, message: `job ${name}${message ? `: ${message}` : ''}` };
}

function podTrouble({ info }: PodRecord): Trouble {
  const { name, status, message } = info;
  return {
    reason: status === 'Failed' ? (info.reason ?? status) : status,
    message: `pod ${name}${message ? `: ${message}` : ''}`,
  };
}
