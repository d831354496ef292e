// What the black-box checker reads: the calls that clients made and what they were answered, the Jobs of the namespace as
// a watch from outside saw them, and when a server was there to answer. Nothing in it comes from inside the program.
// Times are milliseconds since the epoch, by one machine's clock.
import type { JobDocument, QueueEntryDocument } from '../../../../pkg/client/documents.ts';

interface Exchange {
  sentAt: number;
  /** Absent: no answer came, so nobody knows whether the call was carried out. */
  answeredAt?: number;
  status?: number;
}

export type Call = Exchange &
  (
    | { kind: 'submit'; name: string; priority: number; retries?: number; jobId?: string }
    | { kind: 'cancel'; jobId: string; job?: JobDocument }
    | { kind: 'reprioritise'; jobId: string; priority: number; job?: JobDocument }
    | { kind: 'show'; jobId: string; job?: JobDocument }
    /** All jobs, newest first. */
    | { kind: 'list'; jobs?: JobDocument[] }
    | { kind: 'pending'; jobs?: QueueEntryDocument[] }
    | { kind: 'running'; jobs?: QueueEntryDocument[] }
    | { kind: 'health'; running?: number; pending?: number; cluster?: string }
  );

export type CallOf<Kind extends Call['kind']> = Extract<Call, { kind: Kind }>;

/** A Job of the namespace, whoever made it. */
export interface WorkloadEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resourceVersion: number;
  /** When it was told to the watcher: after it happened. */
  at: number;
  uid: string;
  name: string;
  /** By its labels. */
  jobId?: string;
  attempt?: number;
  /** The condition that is True. */
  end?: 'Complete' | 'Failed';
}

/** From when a server took requests until it ended. */
export interface ServerRun {
  readyAt: number;
  endedAt?: number;
}

export interface History {
  maxConcurrency: number;
  /** In the order in which they were sent. */
  calls: Call[];
  /** In the order of their resource versions, none left out. */
  events: WorkloadEvent[];
  runs: ServerRun[];
  /** Whether the system was given the time to finish everything, and `calls` ends with a list and a look at each job. */
  drained: boolean;
}

export function emptyHistory(maxConcurrency: number): History {
  return { maxConcurrency, calls: [], events: [], runs: [], drained: false };
}

export function callsOf<Kind extends Call['kind']>(history: History, kind: Kind): Array<CallOf<Kind>> {
  return history.calls.filter((call): call is CallOf<Kind> => call.kind === kind);
}

/** The call was answered, and the answer says that it was carried out. */
export function succeeded(call: Call): call is Call & { answeredAt: number; status: number } {
  return call.status !== undefined && call.status >= 200 && call.status < 300;
}
