// What the simulated cluster asks of the controller of one kind of workload.
import type { KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import type { PodEvents } from './kubelet.ts';

export interface WorkloadController extends PodEvents {
  /** Takes charge of a stored workload; its duration counts from `dispatchedAt`. */
  admit(workload: KubernetesObject, dispatchedAt: number): void;
  /** It is gone: its pods no longer matter. */
  forget(workload: KubernetesObject): void;
  /** It was marked for deletion and its pods were told to go. */
  deleting(workload: KubernetesObject): void;
}

/** Where workloads of this kind are kept. */
export function resourceOfKind(kind: string): Resource {
  return rulesOfKind(kind).resource;
}
