// The documents of workloads, in the shapes that `kubejobs monitor` and the HTTP API show: a JobSet with its Jobs and their
// pods, a PyTorchJob or a Job with its pods. Pure.
import type { PodInfo } from './pod-info.ts';
import type { LastCondition, PodRecord, WatchedKind, WorkloadRecord, WorkloadState } from './records.ts';

/** Children by state, or that the workload does not exist. */
export type StatusCounts = Record<string, number> | 'NotFound';

export interface ChildJobDocument {
  name: string;
  status: WorkloadState;
  pods: PodInfo[];
}

export interface JobSetDocument {
  jobset: {
    name: string;
    /** Its Jobs by state. */
    status: StatusCounts;
    restarts?: number;
    lastCondition?: LastCondition;
    jobs?: ChildJobDocument[];
  };
}

/** Its pods by state. */
export interface PodsDocument {
  name: string;
  status: StatusCounts;
  lastCondition?: LastCondition;
  pods?: PodInfo[];
}

export interface PyTorchJobDocument {
  pytorchJob: PodsDocument;
}

export interface JobDocument {
  job: PodsDocument;
}

export type WorkloadDocument = JobSetDocument | PyTorchJobDocument | JobDocument;

export interface ChildJob {
  name: string;
  state: WorkloadState;
  pods: readonly PodRecord[];
}

/** `jobs`: of a JobSet. */
export function workloadDocument(
  record: WorkloadRecord,
  pods: readonly PodRecord[],
  jobs: readonly ChildJob[],
): WorkloadDocument {
  switch (record.kind) {
    case 'JobSet':
      return jobSetDocument(record, jobs);
    case 'PyTorchJob':
      return { pytorchJob: podsDocument(record, pods) };
    case 'Job':
      return { job: podsDocument(record, pods) };
  }
}

export function notFoundDocument(kind: WatchedKind, name: string): WorkloadDocument {
  const body = { name, status: 'NotFound' as const };
  if (kind === 'JobSet') return { jobset: body };
  return kind === 'PyTorchJob' ? { pytorchJob: body } : { job: body };
}

function jobSetDocument(record: WorkloadRecord, jobs: readonly ChildJob[]): JobSetDocument {
  return {
    jobset: {
      name: record.name,
      status: countsOf(jobs.map(({ state }) => state)),
      restarts: record.restarts,
      ...lastCondition(record),
      jobs: jobs.map(({ name, state, pods }) => ({ name, status: state, pods: pods.map(({ info }) => info) })),
    },
  };
}

function podsDocument(record: WorkloadRecord, pods: readonly PodRecord[]): PodsDocument {
  return {
    name: record.name,
    status: countsOf(pods.map(({ state }) => state)),
    ...lastCondition(record),
    pods: pods.map(({ info }) => info),
  };
}

function lastCondition(record: WorkloadRecord): { lastCondition?: LastCondition } {
  return record.lastCondition ? { lastCondition: record.lastCondition } : {};
}

/** In alphabetical order; a state that nothing is in is left out. */
function countsOf(states: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
