// What the HTTP server needs of whoever follows the health of workloads, ours and everyone else's.
import type { WorkloadReference } from '../models/index.ts';
import type { Page, PageRequest } from './service.ts';

export const watchedKinds = ['JobSet', 'PyTorchJob', 'Job'] as const;
export type WatchedKind = (typeof watchedKinds)[number];
export const workloadStates = ['Running', 'Pending', 'Suspended', 'Complete', 'Failed'] as const;

/** One workload as a whole. */
export interface WorkloadView {
  kind: WatchedKind;
  namespace: string;
  name: string;
  uid: string;
  owner?: { kind: string; name: string };
  state: (typeof workloadStates)[number];
  healthy: boolean;
  reason?: string;
  message?: string;
  /** Pods by state. */
  pods: Record<string, number>;
  /** Of a JobSet: its Jobs by state. */
  jobs?: Record<string, number>;
}

export interface KindView {
  kind: WatchedKind;
  available: boolean;
  /** Why not. */
  message?: string;
  states: Record<string, number>;
  unhealthy: number;
}

export interface WorkloadsOverview {
  kinds: KindView[];
  /** Pods of watched workloads by state. */
  pods: Record<string, number>;
  /** Their containers by the reason of their issue. */
  containerIssues: Record<string, number>;
}

export interface WorkloadsFilter {
  kind?: WatchedKind;
  namespace?: string;
  /** Only those that are not healthy. */
  unhealthy: boolean;
}

/** `view` undefined: the workload is gone. The key is `<kind>/<namespace>/<name>`. */
export type WorkloadListener = (key: string, view: WorkloadView | undefined) => void;

export interface WorkloadService {
  overview(): WorkloadsOverview;
  /** In the order in which they were first seen. */
  workloads(filter: WorkloadsFilter, page: PageRequest): Page<WorkloadView>;
  /** With its Jobs, pods and containers, in the shape that is shown. */
  document(kind: WatchedKind, namespace: string, name: string): object | undefined;
  /** Whether all workloads of this kind are known, be it that there can be none. */
  knows(kind: WatchedKind): boolean;
  healthOf(workload: WorkloadReference): WorkloadView | undefined;
  /** Until the answer is called. */
  listen(listener: WorkloadListener): () => void;
}
