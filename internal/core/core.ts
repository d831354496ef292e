// The pure core: `apply` takes in what happened, `plan` gives out what to do about it. It reads no clock, no random
// source and no disk; the same events in the same order give the same decisions, in the server, in a dry run and in a
// simulation. Mutable inside, because a queue of a million entries must be; `fork` makes an independent copy.
import type { ErrorCode, PendingReason } from '../../pkg/models/index.ts';
import type { Decision } from './decisions.ts';
import { coreDigest } from './digest.ts';
import type { CoreEvent, ToBeWaitedFor } from './events.ts';
import { checkInvariants } from './invariants.ts';
import { callNow } from './policies/calls.ts';
import { createMade, createRefused, createUnknown } from './policies/creation.ts';
import { dependentsOf } from './policies/dependents.ts';
import { dispatchObstacle, dispatchRunnable, type RulesOf, withoutRules } from './policies/dispatch.ts';
import { cancelRunning, deleteAnswered, workloadMissing } from './policies/ending.ts';
import { expire, isExpired } from './policies/expiry.ts';
import { giveWay } from './policies/give-way.ts';
import { changeHold } from './policies/hold.ts';
import { workloadObserved } from './policies/observation.ts';
import {
  type Acceptance,
  acceptJob,
  cancelWaiting,
  changePriority,
  isKnown,
  queuePosition,
} from './policies/pending.ts';
import { retryRefused } from './policies/quota.ts';
import { retryFinished } from './policies/retry.ts';
import { changeSettings } from './policies/settings.ts';
import { closeSettleWindow } from './policies/settle.ts';
import { enforceDeadline } from './policies/timeout.ts';
import { reconsider } from './policies/waiting.ts';
import {
  type CoreSettings,
  type CoreState,
  emptyState,
  forkState,
  isUnfinished,
  isWaiting,
  type RunningJob,
  runningInOrder,
} from './state.ts';

/** What an event came to, for the one who asked. */
export type Applied =
  | { ok: true; accepted?: Acceptance }
  | { ok: false; code: Extract<ErrorCode, 'job_not_found' | 'job_running' | 'job_not_finished'> };

const done: Applied = { ok: true };
const unknownJob: Applied = { ok: false, code: 'job_not_found' };

export class Core {
  readonly state: CoreState;
  #decided: Decision[] = [];

  constructor(settingsOrState: CoreSettings | CoreState) {
    this.state = 'runnable' in settingsOrState ? settingsOrState : emptyState(settingsOrState);
  }

  /** Changes the state. What follows from it comes out of the next `plan`. */
  apply(event: CoreEvent): Applied {
    switch (event.kind) {
      case 'job_submitted':
        return this.#accept(event);
      case 'hold_changed':
        return this.#whileWaiting(event, changeHold);
      case 'retry_requested':
        return this.#retry(event);
      case 'settings_changed':
        this.decide(changeSettings(this.state, event));
        return done;
      case 'cancel_requested':
        return this.#cancel(event);
      case 'priority_changed':
        return this.#whileWaiting(event, changePriority);
      case 'give_way_requested':
        return this.#withAttempt(event, giveWay);
      case 'create_made':
        return this.#withAttempt(event, createMade);
      case 'create_refused':
        return this.#withAttempt(event, createRefused);
      case 'create_unknown':
        return this.#withAttempt(event, createUnknown);
      case 'delete_answered':
        return this.#withAttempt(event, deleteAnswered);
      case 'workload_observed':
        return this.#withAttempt(event, workloadObserved);
      case 'workload_missing':
        return this.#withAttempt(event, workloadMissing);
      case 'cluster_reachability_changed':
        return this.#reachability(event);
      case 'drain_started':
        this.state.draining = true;
        return done;
      case 'timer_fired':
        return this.#timers(event.at);
    }
  }

  /** The decisions since the last plan, then the dispatches of this moment. At most one `wake_at`, the last. */
  plan(now: number, rulesOf: RulesOf = withoutRules): Decision[] {
    closeSettleWindow(this.state, now);
    this.state.endedNow.clear();
    const decisions = this.#decided.filter((decision) => this.#stillNeeded(decision));
    this.#decided = [];
    for (const decision of dispatchRunnable(this.state, now, rulesOf)) decisions.push(decision);
    this.state.gaveWayNow.clear();
    const wakeAt = this.#nextWake();
    if (wakeAt !== undefined) decisions.push({ kind: 'wake_at', at: wakeAt });
    return decisions;
  }

  /** Whether a `timer_fired` at this time would do anything. */
  hasDue(now: number): boolean {
    return (this.state.timers.next() ?? Number.POSITIVE_INFINITY) <= now;
  }

  isPending(jobId: string): boolean {
    return this.state.runnable.has(jobId) || this.state.refused.has(jobId);
  }

  isUnfinished(jobId: string): boolean {
    return isUnfinished(this.state, jobId);
  }

  /** Whether a new job may be told to wait for this one. */
  isKnown(dependency: ToBeWaitedFor): boolean {
    return isKnown(this.state, dependency);
  }

  /** The jobs that the event may move, its own included: whoever wants to know where they stood must look before. */
  affectedBy(event: CoreEvent): string[] {
    if (event.kind === 'timer_fired') {
      const due = this.state.timers.due(event.at).map((timer) => timer.jobId);
      return due.flatMap((jobId) => [jobId, ...dependentsOf(this.state, jobId)]);
    }
    return 'jobId' in event ? [event.jobId, ...dependentsOf(this.state, event.jobId)] : [];
  }

  running(jobId: string): RunningJob | undefined {
    return this.state.running.get(jobId);
  }

  runningInOrder(): RunningJob[] {
    return runningInOrder(this.state);
  }

  /** Pending jobs ahead of this one, or −1 when it is not pending. */
  queuePosition(jobId: string): number {
    return queuePosition(this.state, jobId);
  }

  pendingReason(jobId: string): PendingReason {
    if (this.state.refused.has(jobId)) return 'quota_refused';
    return dispatchObstacle(this.state) ?? 'waiting_for_slot';
  }

  /** An independent copy, for what-ifs. */
  fork(): Core {
    const copy = new Core(forkState(this.state));
    copy.#decided = structuredClone(this.#decided);
    return copy;
  }

  /** A hash of the whole state: equal after equal histories. */
  digest(): string {
    return coreDigest(this.state);
  }

  /** Throws with what is wrong. */
  checkInvariants(): void {
    checkInvariants(this.state);
  }

  /** Puts decisions that a restart needs in front of the next plan. */
  decide(decisions: Decision[]): void {
    this.#decided.push(...decisions);
  }

  #accept(event: Extract<CoreEvent, { kind: 'job_submitted' }>): Applied {
    const { accepted, decisions } = acceptJob(this.state, event);
    this.decide(decisions);
    return { ok: true, accepted };
  }

  #retry(event: Extract<CoreEvent, { kind: 'retry_requested' }>): Applied {
    if (isUnfinished(this.state, event.jobId)) return { ok: false, code: 'job_not_finished' };
    this.decide(retryFinished(this.state, event));
    return done;
  }

  #cancel(event: Extract<CoreEvent, { kind: 'cancel_requested' }>): Applied {
    const running = this.state.running.get(event.jobId);
    if (running) this.decide(cancelRunning(this.state, running, event));
    else if (isWaiting(this.state, event.jobId)) this.decide(cancelWaiting(this.state, event));
    else return unknownJob;
    return done;
  }

  #whileWaiting<E extends { jobId: string }>(event: E, policy: (state: CoreState, event: E) => Decision[]): Applied {
    if (this.state.running.has(event.jobId)) return { ok: false, code: 'job_running' };
    if (!isWaiting(this.state, event.jobId)) return unknownJob;
    this.decide(policy(this.state, event));
    return done;
  }

  /** News of an attempt that does not hold a slot (any more) changes nothing. */
  #withAttempt<E extends { jobId: string; attempt: number }>(
    event: E,
    policy: (state: CoreState, job: RunningJob, event: E) => Decision[],
  ): Applied {
    const job = this.state.running.get(event.jobId);
    if (job?.attempt !== event.attempt) return unknownJob;
    this.decide(policy(this.state, job, event));
    return done;
  }

  #reachability(event: { reachable: boolean; at: number }): Applied {
    const back = event.reachable && !this.state.clusterReachable;
    this.state.clusterReachable = event.reachable;
    if (back) for (const job of this.runningInOrder()) this.decide(callNow(this.state, job, event.at));
    return done;
  }

  #timers(at: number): Applied {
    for (const timer of this.state.timers.takeDue(at)) this.decide(this.#wake(timer.jobId, at));
    return done;
  }

  /** Whatever the timer was set for: what is due is done. */
  #wake(jobId: string, at: number): Decision[] {
    const { state } = this;
    const running = state.running.get(jobId);
    if (running) return [...enforceDeadline(state, running, at), ...callNow(state, running, at)];
    if (isExpired(state, jobId, at)) return expire(state, jobId, at);
    const waiting = state.waiting.get(jobId);
    if (waiting) return reconsider(state, waiting, at);
    retryRefused(state, jobId, at);
    return [];
  }

  /** A later event of the same turn may have ended what an earlier one asked for. */
  #stillNeeded(decision: Decision): boolean {
    if (decision.kind !== 'create_workload') return true;
    const job = this.state.running.get(decision.jobId);
    return job?.attempt === decision.attempt && job.call === 'create';
  }

  #nextWake(): number | undefined {
    const timer = this.state.timers.next();
    const settle = this.state.runnable.size > 0 ? this.state.settleUntil : undefined;
    if (timer === undefined || settle === undefined) return timer ?? settle;
    return Math.min(timer, settle);
  }
}
