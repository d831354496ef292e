// JobSets and their Jobs for tests of the reconcile: each shows only what matters, everything else is usual.
import { childJob } from '../../internal/controllers/jobset/child-jobs.ts';
import type { Plan } from '../../internal/controllers/jobset/plan.ts';
import { reconcile, type Situation } from '../../internal/controllers/jobset/reconcile.ts';
import { type JobSetRecord, jobSetRecord } from '../../internal/controllers/jobset/records.ts';
import type { KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import {
  type JobSetSpec,
  type JobSetStatus,
  jobSetApiVersion,
  jobSetLabels,
  type ReplicatedJob,
  type ReplicatedJobSpec,
} from '../../pkg/models/index.ts';

export const startMs = Date.parse('2026-01-01T00:00:00Z');
export const jobSetUid = '11111111-1111-4111-8111-111111111111';

/** `pods` of one container each. */
export function aReplicatedJob(name: string, replicas = 1, more: Partial<ReplicatedJob> = {}): ReplicatedJob {
  return { name, replicas, template: { spec: aJobSpec() }, ...more };
}

export function aJobSpec(more: Partial<ReplicatedJobSpec> = {}): ReplicatedJobSpec {
  const spec = { containers: [{ name: 'main', image: 'busybox:1.36' }] };
  return { parallelism: 1, completions: 1, template: { spec }, ...more };
}

export interface JobSetParts {
  name?: string;
  uid?: string;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  spec?: JobSetSpec;
  status?: JobSetStatus;
}

export function aJobSetObject({ spec = {}, status, ...metadata }: JobSetParts = {}): KubernetesObject {
  return {
    apiVersion: jobSetApiVersion,
    kind: 'JobSet',
    metadata: { name: 'set', namespace: 'ns', uid: jobSetUid, resourceVersion: '1', ...metadata },
    spec: { replicatedJobs: [aReplicatedJob('a', 2)], ...spec },
    ...(status && { status }),
  };
}

export function aJobSet(parts: JobSetParts = {}): JobSetRecord {
  return jobSetRecord(aJobSetObject(parts));
}

export interface JobParts {
  attempt?: string | null;
  uid?: string;
  owner?: string;
  replicatedJob?: string;
  deleting?: boolean;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

export function aJobObject(name: string, parts: JobParts = {}): KubernetesObject {
  const { attempt = '0', uid = `uid-of-${name}`, owner = jobSetUid, replicatedJob, deleting, spec, status } = parts;
  const labels = {
    ...(attempt === null ? {} : { [jobSetLabels.restartAttempt]: attempt }),
    ...(replicatedJob ? { [jobSetLabels.replicatedJobName]: replicatedJob } : {}),
  };
  const reference = { apiVersion: jobSetApiVersion, kind: 'JobSet', name: 'set', uid: owner, controller: true };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...{ name, namespace: 'ns', uid, resourceVersion: '1', labels, ownerReferences: [reference] },
      ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { parallelism: 1, completions: 1, suspend: false, ...spec },
    status: { ...status },
  };
}

export function aJob(name: string, parts: JobParts = {}) {
  const job = childJob(aJobObject(name, parts));
  if (!job) throw new Error('no JobSet controls it');
  return job;
}

export const running = { status: { active: 1, ready: 0, startTime: '2026-01-01T00:00:00Z' } };
export const ready = { status: { active: 1, ready: 1, startTime: '2026-01-01T00:00:00Z' } };
export const complete = ended('Complete');
export const failed = ended('Failed');

/** `second` of the minute. */
export function ended(type: 'Complete' | 'Failed', reason = '', message = '', second = 0): JobParts {
  const lastTransitionTime = `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
  const condition = { type, status: 'True', reason, message, lastTransitionTime };
  return { status: { conditions: [condition], ...(type === 'Complete' ? { succeeded: 1 } : { failed: 1 }) } };
}

/** One pass, with the Service there. */
export function planOf(jobSet: JobSetRecord, jobs: Situation['jobs'] = [], more: Partial<Situation> = {}): Plan {
  return reconcile({ jobSet, jobs, hasService: true, priorityOf: () => 0, nowMs: startMs, ...more });
}

export function namesOf(objects: ReadonlyArray<KubernetesObject>): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

/** `Type=Status(Reason)` of each condition. */
export function conditionsOf({ status }: Pick<Plan, 'status'>): string[] {
  return (status?.conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is}(${reason})`);
}
