// What the core remembers: unfinished jobs in compact form, the flags that stop dispatch, and the timers.
// Only facts live here; what follows from them is the business of the policies.
import type {
  AttemptRules,
  Dependency,
  FailedReason,
  FinishedState,
  RunningReason,
  ScheduledReason,
} from '../../pkg/models/index.ts';
import { PriorityQueue } from '../queue/priority-queue.ts';
import type { WorkloadObservation } from './events.ts';
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
export type Ending =
  | { state: 'cancelled' }
  /** It goes back to the queue; `message` is why. */
  | { state: 'gave_way'; message: string }
  | { state: 'failed'; reason: Extract<FailedReason, 'workload_deleted' | 'deadline'> };

/** A job that is held, waits for others, or waits for its time: first of these that applies is its state. */
export interface WaitingJob {
  jobId: string;
  sequence: number;
  priority: number;
  state: 'held' | 'blocked' | 'scheduled';
  held: boolean;
  /** The jobs that have not ended yet. */
  after: Dependency[];
  startAt?: number;
  startReason: ScheduledReason;
}

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
  /** When its workload was first known to exist: a timeout counts from there. */
  madeAt?: number;
  /** Read from its row when it was dispatched. */
  rules?: AttemptRules;
  /** How often its workload's own controller has begun it anew, as far as that is written down; absent for never. */
  restarts?: number;
  /** No call before this time: a backoff, or the API server's Retry-After. */
  notBefore: number;
  ending?: Ending;
  /** Its workload is gone, and the end only waits for a lost create that may still land. */
  gone?: true;
  /** How the workload was seen to end while it was being deleted for its timeout, or to give way. */
  ownEnd?: Exclude<WorkloadObservation, { phase: 'active' }>;
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
  /** Jobs that may not run yet for a reason of their own. */
  waiting: Map<string, WaitingJob>;
  /** By the job they wait for, the jobs that wait. */
  dependents: Map<string, Set<string>>;
  /** When an unfinished job that never had a workload expires. */
  expiries: Map<string, number>;
  /** How many attempts a job that does not run has behind it; absent for none. */
  attempts: Map<string, number>;
  running: Map<string, RunningJob>;
  /** How the jobs ended that did since the last plan: their rows do not know yet. */
  endedNow: Map<string, FinishedState>;
  /** How often the jobs that did since the last plan have given way by now: their rows do not know yet. */
  gaveWayNow: Map<string, number>;
  timers: Timers;
  /** The settle window is open until then. */
  settleUntil: number | undefined;
  clusterReachable: boolean;
  draining: boolean;
  paused: boolean;
}

export function emptyState(settings: CoreSettings): CoreState {
  return {
    settings: { ...settings },
    lastSequence: 0,
    lastDispatchSequence: 0,
    runnable: new PriorityQueue(),
    refused: new PriorityQueue(),
    refusals: new Map(),
    waiting: new Map(),
    dependents: new Map(),
    expiries: new Map(),
    attempts: new Map(),
    running: new Map(),
    endedNow: new Map(),
    gaveWayNow: new Map(),
    timers: new Timers(),
    settleUntil: undefined,
    clusterReachable: false,
    draining: false,
    paused: false,
  };
}

export function forkState(state: CoreState): CoreState {
  return {
    ...state,
    settings: { ...state.settings },
    runnable: state.runnable.fork(),
    refused: state.refused.fork(),
    refusals: new Map([...state.refusals].map(([jobId, refusals]) => [jobId, { ...refusals }])),
    waiting: new Map([...state.waiting].map(([jobId, job]) => [jobId, { ...job, after: [...job.after] }])),
    dependents: new Map([...state.dependents].map(([jobId, waiting]) => [jobId, new Set(waiting)])),
    expiries: new Map(state.expiries),
    attempts: new Map(state.attempts),
    running: new Map([...state.running].map(([jobId, job]) => [jobId, { ...job }])),
    endedNow: new Map(state.endedNow),
    gaveWayNow: new Map(state.gaveWayNow),
    timers: state.timers.fork(),
  };
}

/** Waits or pending: not running, and not finished. */
export function isWaiting(state: CoreState, jobId: string): boolean {
  return state.runnable.has(jobId) || state.refused.has(jobId) || state.waiting.has(jobId);
}

export function isUnfinished(state: CoreState, jobId: string): boolean {
  return state.running.has(jobId) || isWaiting(state, jobId);
}

/** Running jobs in order of dispatch. */
export function runningInOrder(state: CoreState): RunningJob[] {
  return [...state.running.values()].sort((a, b) => a.dispatchSequence - b.dispatchSequence);
}
