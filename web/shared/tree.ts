// The tree of a workload as the API tells it: a JobSet has Jobs, all others have pods, and these have containers.
import type { WorkloadTreeDocument } from '../../pkg/client/index.ts';

export interface ContainerNode {
  name: string;
  kind: string;
  state: string;
  restarts: number;
  ready: boolean;
  reason?: string;
  message?: string;
  exitCode?: number;
  lastState?: { state: string; reason?: string; exitCode?: number };
}

export interface PodNode {
  name: string;
  status: string;
  node?: string;
  reason?: string;
  message?: string;
  containers: ContainerNode[];
}

export interface JobNode {
  name: string;
  status: string;
  pods: PodNode[];
}

export interface WorkloadNode {
  name: string;
  status: Record<string, number> | 'NotFound';
  restarts?: number;
  lastCondition?: { type: string; status: string };
  jobs?: JobNode[];
  pods?: PodNode[];
}

/** The one member of the document, whatever its kind. */
export function rootOf(document: WorkloadTreeDocument): WorkloadNode {
  return Object.values(document)[0] as WorkloadNode;
}
