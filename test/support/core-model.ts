// A naive model of the queue that follows the core's decisions and protests at the first one that is wrong: over the
// cap, not the best runnable job, out of turn, a state that may not follow, a slot taken twice. Plain maps and sorting;
// of the core it only asks who is stepping aside after a quota refusal, for when that ends is the core's own policy.
import type { Core } from '../../internal/core/core.ts';
import type { Decision } from '../../internal/core/decisions.ts';
import type { CoreEvent, JobSubmitted } from '../../internal/core/events.ts';
import { isFinished, type JobState, mayFollow } from '../../pkg/models/index.ts';
import { nameOf } from './core-builders.ts';

interface ModelJob {
  priority: number;
  sequence: number;
  state: JobState;
}

export class CoreModel {
  readonly jobs = new Map<string, ModelJob>();
  #cap: number;
  #paused = false;
  readonly #settleMs: number;
  #dispatchSequence = 0;
  #reachable = false;
  #draining = false;
  #settleUntil = 0;
  /** How many ran after the last turn: they may, though the cap was lowered. */
  #ran = 0;

  constructor(settings: { maxConcurrency: number; settleMs: number }) {
    this.#cap = settings.maxConcurrency;
    this.#settleMs = settings.settleMs;
  }

  /** Call before the core is given the event. */
  before(event: CoreEvent, core: Core): void {
    if (event.kind === 'cluster_reachability_changed') this.#reachable = event.reachable;
    if (event.kind === 'drain_started') this.#draining = true;
    if (event.kind === 'settings_changed') {
      this.#cap = event.maxConcurrency ?? this.#cap;
      this.#paused = event.paused ?? this.#paused;
    }
    if (event.kind !== 'job_submitted') return;
    this.jobs.set(event.jobId, {
      priority: event.priority,
      sequence: this.jobs.size + 1,
      state: stateAtFirst(event, this.jobs),
    });
    const idle = core.state.runnable.size === 0 && core.state.running.size < this.#cap;
    // A window that something else opened (a release, a retry) is not extended by this job.
    const open = event.at < Math.max(this.#settleUntil, core.state.settleUntil ?? 0);
    if (idle && !open && this.jobs.get(event.jobId)?.state === 'pending') this.#settleUntil = event.at + this.#settleMs;
  }

  decided(decisions: readonly Decision[], now: number, core: Core): void {
    for (const [index, decision] of decisions.entries()) {
      if (decision.kind === 'start_attempt')
        this.#started(decision.jobId, decision.dispatchSequence, now, core, decisions.slice(index));
      if (decision.kind === 'change_job') this.#changed(decision.jobId, decision.set);
    }
    this.#check(now, core);
  }

  #started(jobId: string, sequence: number, now: number, core: Core, rest: readonly Decision[]): void {
    this.#dispatchSequence += 1;
    if (sequence !== this.#dispatchSequence)
      throw new Error(`dispatch ${sequence} follows ${this.#dispatchSequence - 1}`);
    if (!this.#reachable || this.#draining || this.#paused)
      throw new Error(`${nameOf(jobId)} was dispatched though nothing may be`);
    if (now < this.#settleUntil && this.#settleMs > 0)
      throw new Error(`${nameOf(jobId)} did not wait for the burst to settle`);
    const toCome = new Set(rest.flatMap((decision) => (decision.kind === 'start_attempt' ? [decision.jobId] : [])));
    const best = this.#best((id) => core.state.refused.has(id) && !toCome.has(id));
    if (best !== jobId) throw new Error(`${nameOf(jobId)} was dispatched, ${best ? nameOf(best) : 'nobody'} was first`);
  }

  #best(aside: (jobId: string) => boolean): string | undefined {
    const candidates = [...this.jobs].filter(([jobId, job]) => job.state === 'pending' && !aside(jobId));
    return candidates.sort(([, a], [, b]) => b.priority - a.priority || a.sequence - b.sequence)[0]?.[0];
  }

  #changed(jobId: string, set: { state?: JobState; priority?: number }): void {
    const job = this.jobs.get(jobId);
    if (!job) throw new Error(`${jobId} was never submitted`);
    if (set.priority !== undefined) job.priority = set.priority;
    if (set.state === undefined) return;
    if (!mayFollow(job.state, set.state)) throw new Error(`${nameOf(jobId)} went from ${job.state} to ${set.state}`);
    job.state = set.state;
  }

  #check(now: number, core: Core): void {
    const { runnable, refused, running } = core.state;
    if (running.size > this.#cap && running.size > this.#ran)
      throw new Error(`${running.size} jobs run, ${this.#cap} may`);
    this.#ran = running.size;
    for (const [jobId, { state }] of this.jobs) {
      const places = [
        runnable.has(jobId) || refused.has(jobId) ? 'pending' : [],
        running.has(jobId) ? 'running' : [],
        core.state.waiting.get(jobId)?.state ?? [],
      ].flat();
      const wanted = isFinished(state) ? [] : [state];
      if (places.join() !== wanted.join())
        throw new Error(`${nameOf(jobId)} is ${state}, the core has it in ${places.join() || 'no place'}`);
    }
    const free =
      this.#reachable && !this.#draining && !this.#paused && running.size < this.#cap && now >= this.#settleUntil;
    if (free && core.state.settleUntil === undefined && runnable.size > 0)
      throw new Error('a slot is free and a runnable job waits');
  }
}

/** Where a new job stands. One that can never run is cancelled in the same turn. */
function stateAtFirst({ held, after = [], startAt, at }: JobSubmitted, jobs: ReadonlyMap<string, ModelJob>): JobState {
  const others = after.map(({ jobId, on }) => ({ on, state: jobs.get(jobId)?.state as JobState }));
  const ended = others.filter(({ state }) => isFinished(state));
  if (ended.some(({ on, state }) => !endings[on]?.includes(state))) return 'blocked';
  if (held) return 'held';
  if (ended.length < others.length) return 'blocked';
  return startAt !== undefined && startAt > at ? 'scheduled' : 'pending';
}

const endings: Record<string, JobState[]> = {
  success: ['succeeded'],
  failure: ['failed', 'expired'],
  finish: ['succeeded', 'failed', 'cancelled', 'expired'],
};
