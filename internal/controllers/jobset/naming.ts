// What a JobSet's Jobs, Service and events are called, and the labels that each Job and its pods carry. Names follow from the
// JobSet alone, so that the same thing is never made twice. Pure.
import { createHash } from 'node:crypto';
import { jobSetLabels } from '../../../pkg/models/index.ts';
import type { JobSetRecord, ReplicatedJobRecord } from './records.ts';

/** One Job of a replicated job, and where it stands among the others. */
export interface Seat {
  replicatedJob: ReplicatedJobRecord;
  /** In the replicated job. */
  index: number;
  globalIndex: number;
  groupIndex: number;
  name: string;
}

interface Totals {
  jobs: number;
  byGroup: Map<string, number>;
}

export function jobName(jobSet: string, replicatedJob: string, index: number): string {
  return `${jobSet}-${replicatedJob}-${index}`;
}

/** All Jobs that the JobSet wants, by replicated job and in its order. */
export function seatsOf({ name, replicatedJobs }: Pick<JobSetRecord, 'name' | 'replicatedJobs'>): Seat[][] {
  const before: Totals = { jobs: 0, byGroup: new Map() };
  return replicatedJobs.map((replicatedJob) => {
    const { groupName, replicas } = replicatedJob;
    const inGroup = before.byGroup.get(groupName) ?? 0;
    const seats = Array.from({ length: replicas }, (_, index) => ({
      ...{ replicatedJob, index, name: jobName(name, replicatedJob.name, index) },
      ...{ globalIndex: before.jobs + index, groupIndex: inGroup + index },
    }));
    before.jobs += replicas;
    before.byGroup.set(groupName, inGroup + replicas);
    return seats;
  });
}

/** Hexadecimal. */
export function jobKey(namespace: string, job: string): string {
  return createHash('sha1').update(`${namespace}/${job}`).digest('hex');
}

/** Where all pods find the coordinator; undefined without one. */
export function coordinatorAddress({ name, coordinator, network }: JobSetRecord): string | undefined {
  if (coordinator === undefined) return undefined;
  const { replicatedJob, jobIndex, podIndex } = coordinator;
  return `${jobName(name, replicatedJob, jobIndex)}-${podIndex}.${network.subdomain}`;
}

/** What every Job of the JobSet has in common is worked out once. */
export function marksOf(jobSet: JobSetRecord): (seat: Seat) => Record<string, string> {
  const { namespace, name, uid, replicatedJobs, status } = jobSet;
  const groups = new Map<string, number>();
  for (const each of replicatedJobs) groups.set(each.groupName, (groups.get(each.groupName) ?? 0) + each.replicas);
  const total = replicatedJobs.reduce((sum, { replicas }) => sum + replicas, 0);
  const coordinator = coordinatorAddress(jobSet);
  const shared = {
    [jobSetLabels.jobSetName]: name,
    [jobSetLabels.jobSetUid]: uid,
    [jobSetLabels.globalReplicas]: String(total),
    [jobSetLabels.restartAttempt]: String(status.restarts ?? 0),
    ...(coordinator === undefined ? {} : { [jobSetLabels.coordinator]: coordinator }),
  };
  return ({ replicatedJob, index, globalIndex, groupIndex, name: job }) => ({
    ...shared,
    [jobSetLabels.replicatedJobName]: replicatedJob.name,
    [jobSetLabels.replicatedJobReplicas]: String(replicatedJob.replicas),
    [jobSetLabels.jobIndex]: String(index),
    [jobSetLabels.jobGlobalIndex]: String(globalIndex),
    [jobSetLabels.groupName]: replicatedJob.groupName,
    [jobSetLabels.groupReplicas]: String(groups.get(replicatedJob.groupName)),
    [jobSetLabels.jobGroupIndex]: String(groupIndex),
    [jobSetLabels.jobKey]: jobKey(namespace, job),
  });
}

/** The same name for the same news of the same JobSet: `occasion` tells two of one reason apart. */
export function eventName({ name, uid }: Pick<JobSetRecord, 'name' | 'uid'>, reason: string, occasion: string): string {
  const hash = createHash('sha1').update(`${uid}/${reason}/${occasion}`).digest('hex').slice(0, 16);
  return `${name}.${hash}`;
}
