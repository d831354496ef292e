// What one pass over a JobSet decides: plain data, for the carrier to carry out in this order. Deletions first, then what is
// made and changed; when all of that was taken, one status; when that was taken, its events.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import type {
  JobSetEventReason,
  JobSetReason,
  JobSetStatus,
  TerminalState,
  Toleration,
} from '../../../pkg/models/index.ts';
import type { ChildJob } from './child-jobs.ts';

export interface Plan {
  /** With foreground propagation. */
  deletions: ChildJob[];
  /** The time after its end is over. */
  deleteJobSet: boolean;
  service?: KubernetesObject;
  creations: KubernetesObject[];
  changes: JobChange[];
  /** Only when something of it changed. */
  status?: JobSetStatus;
  /** Of the status. */
  events: PlannedEvent[];
  /** What it turned into with this status. */
  finished?: TerminalState;
  /** Why nothing may be created. */
  problem?: string;
  /** Jobs whose attempt nobody can tell. */
  odd: ChildJob[];
  requeueAfterMs?: number;
}

export interface JobChange {
  job: ChildJob;
  /** The API server changes the template of a suspended Job only while it has no start time. */
  clearStartTime: boolean;
  spec: SuspendPatch | ResumePatch;
}

// Aliases, so that they are also the plain objects of a patch.
export type SuspendPatch = { suspend: true };
export type ResumePatch = {
  suspend: false;
  template: {
    metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
    spec?: {
      nodeSelector?: Record<string, string>;
      tolerations?: Toleration[];
      schedulingGates?: Array<{ name: string }>;
    };
  };
};

export interface PlannedEvent {
  type: 'Normal' | 'Warning';
  reason: JobSetReason | JobSetEventReason;
  message: string;
  /** Tells two of one reason apart. */
  occasion: string;
}

export function emptyPlan(): Plan {
  return { deletions: [], deleteJobSet: false, creations: [], changes: [], events: [], odd: [] };
}
