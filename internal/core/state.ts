// What the core remembers: unfinished jobs in compact form, the flags that stop dispatch, and the timers.
// Only facts live here; what follows from them is the business of the policies.
import type { FailedReason, RunningReason } from '../../pkg/models/index.ts';
import { PriorityQueue } from '../queue/priority-queue.ts';
import { Timers } from './timers.ts';

export interface CoreSettings {
  /** Slots: an integer from 1 up. */
  maxConcurrency: number;
  /** How long an idle queue waits before it dispatches, in milliseconds. */
  settleMs: number;
  /** How long a finished workload is kept on the cluster, in milliseconds. */
  jobTtlMs: number;
}

/** How a running job will end once its workload is surely gone. */
export type Ending = { state: 'cancelled' } | { state: 'failed'; reason: Extract<FailedReason, 'workload_deleted'> };

/** A job that holds a slot. */
export interface RunningJob {
  jobId: string;
  sequence: number;
  priority: number;
  attempt: number;
  dispatchSequence: number;
  dispatchedAt: number;
  creation: 'requested' | 'unknown' | 'made';
  /** When a create last ended without a known answer: until 90 s later it may still land. */
  unknownAt?: number;
  /** The call that is on its way; its answer comes back as an event. */
  call: 'none' | 'create' | 'delete';
  /** Failed calls in a row, for the backoff. */
  failures: number;
  /** No call before this time: a backoff, or the API server's Retry-After. */
  notBefore: number;
  ending?: Ending;
  reason?: RunningReason;
  message?: string;
}

export interface Refusals {
  count: number;
  retryAt: number;
}

export interface CoreState {
  settings: CoreSettings;
  lastSequence: number;
  lastDispatchSequence: number;
  /** Pending jobs that a free slot may take. */
  runnable: PriorityQueue;
  /** Pending jobs that a quota refused: in the same order, but waiting for their next try. */
  refused: PriorityQueue;
  /** Quota refusals in a row, by job id; forgotten when the job leaves the queue. */
  refusals: Map<string, Refusals>;
  running: Map<string, RunningJob>;
  timers: Timers;
  /** The settle window is open until then. */
  settleUntil: number | undefined;
  clusterReachable: boolean;
  draining: boolean;
}

export function emptyState(settings: CoreSettings): CoreState {
  return {
    settings,
    lastSequence: 0,
    lastDispatchSequence: 0,
    runnable: new PriorityQueue(),
    refused: new PriorityQueue(),
    refusals: new Map(),
    running: new Map(),
    timers: new Timers(),
    settleUntil: undefined,
    clusterReachable: false,
    draining: false,
  };
}

export function forkState(state: CoreState): CoreState {
  return {
    ...state,
    runnable: state.runnable.fork(),
    refused: state.refused.fork(),
    refusals: new Map([...state.refusals].map(([jobId, refusals]) => [jobId, { ...refusals }])),
    running: new Map([...state.running].map(([jobId, job]) => [jobId, { ...job }])),
    timers: state.timers.fork(),
  };
}

/** Running jobs in order of dispatch. */
export function runningInOrder(state: CoreState): RunningJob[] {
  return [...state.running.values()].sort((a, b) => a.dispatchSequence - b.dispatchSequence);
}
