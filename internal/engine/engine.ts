// The only owner of a core. It takes what arrives in turns: drain the inbox, load what the inputs name and the core
// lacks, apply each, plan, write rows and decisions in one commit, answer the callers, release the effects. All that
// arrives while a commit runs shares the next one. No answer and no effect leaves before its commit is durable.
import {
  type Answer,
  accepted,
  isFinished,
  type Job,
  type JobState,
  type JobSubmission,
  jobStates,
  type Refused,
  refused,
  type WorkloadReference,
} from '../../pkg/models/index.ts';
import { Core } from '../core/core.ts';
import type { Effect, StartAttempt } from '../core/decisions.ts';
import type { ClusterEvent } from '../core/events.ts';
import { restoreCore } from '../core/restore.ts';
import type { CoreSettings } from '../core/state.ts';
import type { CancelTimer, Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Random } from '../platform/random.ts';
import { type Store, StoreFailure } from '../store/store.ts';
import { CommittedView, nowhere } from './committed-view.ts';
import { dress } from './effects.ts';
import { type ChangeInput, Inbox, type Input, type SubmitInput } from './inbox.ts';
import { StoreRecovery } from './store-recovery.ts';
import { strayDecisions } from './strays.ts';
import { Turn } from './turn.ts';

export interface EngineDeps {
  store: Store;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: Metrics;
  settings: CoreSettings;
  /** Where the attempt's workload will be; pure. */
  nameWorkload(job: Job, attempt: number): WorkloadReference;
  /** Carries out what was decided; its outcomes come back through `report`. Must not throw. */
  release(effects: Effect[]): void;
  /** After the core was rebuilt from the store: everything on the cluster must be looked at afresh. */
  resync(): void;
}

/** The most inputs of one turn: bounds the time of a commit, and with it the wait of the next inputs. */
const inputsPerTurn = 1_000;

export class Engine {
  readonly #deps: EngineDeps;
  readonly #inbox = new Inbox();
  readonly #recovery: StoreRecovery;
  #core: Core;
  #view: CommittedView;
  #counts: Record<JobState, number> = noJobs();
  #turning: Promise<void> | undefined;
  #cancelWake: CancelTimer | undefined;
  #stopping = false;
  #stopped = false;
  /** Told by the cluster's events, kept apart from the core so that a rebuilt core learns it too. */
  #clusterReachable = false;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#core = new Core(deps.settings);
    this.#view = new CommittedView(this.#core);
    this.#recovery = new StoreRecovery(deps, { rebuild: () => this.#rebuild(), resume: () => this.#kick() });
  }

  /** Rebuilds the core from the store. Nothing is dispatched until the cluster is reported reachable. */
  async start(): Promise<void> {
    await this.#rebuild();
    this.#kick();
  }

  /** From now on submissions are refused and nothing is dispatched; news of what runs is still taken. */
  drain(): void {
    this.#stopping = true;
    this.report({ kind: 'drain_started', at: this.#deps.clock.now() });
  }

  /** Finishes what is in the inbox and takes nothing more. The store is the caller's to close. */
  async stop(): Promise<void> {
    while (this.#turning) await this.#turning;
    this.#stopped = true;
    this.#recovery.stop();
    this.#cancelWake?.();
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get storeAvailable(): boolean {
    return this.#recovery.available;
  }

  get clusterReachable(): boolean {
    return this.#clusterReachable;
  }

  get core(): Core {
    return this.#core;
  }

  get view(): CommittedView {
    return this.#view;
  }

  /** Committed jobs by state. */
  get counts(): Readonly<Record<JobState, number>> {
    return this.#counts;
  }

  /** Where the workload of an attempt that holds a slot is; undefined for any other attempt. */
  expected(jobId: string, attempt: number): WorkloadReference | undefined {
    if (this.#core.running(jobId)?.attempt !== attempt) return undefined;
    return this.#deps.store.reader.attempt(jobId, attempt)?.workload;
  }

  /** Resolves when the job is durable. */
  submit(submission: JobSubmission): Promise<Answer<{ jobId: string; name: string; queuePosition: number }>> {
    const refusal = this.#unavailable();
    if (refusal) return Promise.resolve(refusal);
    const at = Math.floor(this.#deps.clock.now());
    const jobId = this.#deps.random.uuid(at);
    const job: Job = { ...submission, jobId, sequence: 0, state: 'pending', attempt: 0, createdAt: at };
    return new Promise((reply) => this.#push({ kind: 'submit', at, job, reply }));
  }

  /** Resolves when the change is durable; the job is then read through the queries. */
  change(kind: ChangeInput['kind'], jobId: string, priority?: number): Promise<Answer<undefined>> {
    const refusal = this.#unavailable();
    if (refusal) return Promise.resolve(refusal);
    const at = Math.floor(this.#deps.clock.now());
    return new Promise((reply) => this.#push({ kind, at, jobId, ...(priority !== undefined && { priority }), reply }));
  }

  /** News from the cluster, the timers or the program. */
  report(event: ClusterEvent | { kind: 'drain_started'; at: number }): void {
    this.#push({ kind: 'event', event });
  }

  #unavailable(): Refused | undefined {
    if (this.#stopping) return refused('shutting_down', 'The server is stopping.', { retryAfterSeconds: 10 });
    if (!this.storeAvailable) return storeUnavailable(this.#recovery.reason);
    return undefined;
  }

  #push(input: Input): void {
    this.#inbox.push(input);
    this.#kick();
  }

  #kick(): void {
    if (this.#turning || this.#stopped || !this.storeAvailable || this.#inbox.size === 0) return;
    this.#turning = Promise.resolve()
      .then(() => this.#turns())
      .finally(() => {
        this.#turning = undefined;
        this.#kick();
      });
  }

  async #turns(): Promise<void> {
    while (this.#inbox.size > 0 && this.storeAvailable) await this.#turn(this.#inbox.take(inputsPerTurn));
  }

  async #turn(inputs: Input[]): Promise<void> {
    const turn = new Turn();
    for (const input of inputs) this.#apply(input, turn);
    this.#plan(turn);
    const started = this.#deps.clock.now();
    this.#view.mask(turn.before);
    try {
      if (turn.hasWrites) await this.#deps.store.commit(turn.commit);
    } catch (error) {
      this.#commitFailed(turn, error);
      return;
    }
    this.#view.show();
    this.#measure(turn, inputs.length, this.#deps.clock.now() - started);
    this.#setWake(turn.wakeAt);
    for (const answer of turn.answers) answer();
    this.#deps.release(dress(turn, this.#deps.store.reader));
  }

  #apply(input: Input, turn: Turn): void {
    switch (input.kind) {
      case 'submit':
        this.#applySubmit(input, turn);
        break;
      case 'cancel':
      case 'reprioritise':
        this.#applyChange(input, turn);
        break;
      case 'event':
        this.#applyEvent(input.event, turn);
        break;
    }
  }

  #applySubmit(input: SubmitInput, turn: Turn): void {
    const { job, reply, at } = input;
    const { jobId, name, priority } = job;
    turn.before.set(jobId, nowhere);
    const applied = this.#core.apply({ kind: 'job_submitted', at, jobId, priority });
    if (!applied.ok) throw new Error(`a new job was refused: ${applied.code}`);
    job.sequence = applied.sequence as number;
    turn.insert(job);
    const queuePosition = applied.position as number;
    turn.answers.push(() => reply(accepted({ jobId, name, queuePosition })));
    turn.refusals.push(() => reply(storeUnavailable(this.#recovery.reason)));
  }

  #applyChange(input: ChangeInput, turn: Turn): void {
    const { kind, jobId, at, reply } = input;
    turn.touch(this.#core, jobId);
    const applied =
      kind === 'cancel'
        ? this.#core.apply({ kind: 'cancel_requested', at, jobId })
        : this.#core.apply({ kind: 'priority_changed', at, jobId, priority: input.priority as number });
    const answer = applied.ok ? accepted(undefined) : this.#refuseChange(kind, jobId, applied.code);
    turn.answers.push(() => reply(answer));
    turn.refusals.push(() => reply(storeUnavailable(this.#recovery.reason)));
  }

  /** A job that the core lacks is finished or was never there: the rows know which. */
  #refuseChange(kind: ChangeInput['kind'], jobId: string, code: 'job_not_found' | 'job_running'): Answer<undefined> {
    if (code === 'job_running') {
      return refused(code, 'The job holds a slot already; its priority orders only jobs that wait for one.');
    }
    const [row] = this.#deps.store.reader.jobs([jobId]);
    if (!row) return refused('job_not_found', `There is no job with the id ${jobId}.`);
    if (kind === 'cancel') return accepted(undefined);
    return refused('job_finished', `The job is finished (${row.state}); its priority can no longer change.`);
  }

  #applyEvent(event: Extract<Input, { kind: 'event' }>['event'], turn: Turn): void {
    if (event.kind === 'cluster_reachability_changed') this.#clusterReachable = event.reachable;
    if (!('jobId' in event)) {
      this.#core.apply(event);
      return;
    }
    turn.touch(this.#core, event.jobId);
    if (this.#core.apply(event).ok) return;
    const attempt = this.#deps.store.reader.attempt(event.jobId, event.attempt);
    this.#core.decide(strayDecisions(event, attempt, this.#deps.logger));
  }

  #plan(turn: Turn): void {
    const starts = turn.record(this.#core.plan(this.#deps.clock.now()));
    const missing = starts.filter((start) => !turn.rows.has(start.jobId)).map((start) => start.jobId);
    for (const row of this.#deps.store.reader.jobs(missing)) turn.rows.set(row.jobId, row);
    for (const start of starts) this.#startAttempt(turn, start);
  }

  #startAttempt(turn: Turn, start: StartAttempt): void {
    const { jobId, attempt, at } = start;
    const row = turn.rows.get(jobId);
    if (row) {
      if (!turn.before.has(jobId)) {
        turn.before.set(jobId, { place: 'pending', priority: row.priority, sequence: row.sequence });
      }
      turn.startAttempt(start, row, this.#deps.nameWorkload(row, attempt));
      return;
    }
    this.#deps.logger.error({ jobId }, 'the row of a job cannot be read; the job is failed');
    const message = 'the job’s row in the database cannot be read';
    this.report({ kind: 'create_refused', at, jobId, attempt, refusal: 'permanent', message });
  }

  #setWake(at: number | undefined): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (at === undefined) return;
    const { clock } = this.#deps;
    this.#cancelWake = clock.schedule(Math.max(0, at - clock.now()), () => {
      this.#push({ kind: 'event', event: { kind: 'timer_fired', at: clock.now() } });
    });
  }

  #commitFailed(turn: Turn, error: unknown): void {
    if (!(error instanceof StoreFailure)) throw error;
    this.#recovery.begin(error);
    for (const refuse of turn.refusals) refuse();
    this.#refuseWaiting();
  }

  /** Callers do not wait for a store that may be gone for long; news from the cluster does. */
  #refuseWaiting(): void {
    for (const input of this.#inbox.take(this.#inbox.size)) {
      if (input.kind === 'event') this.#inbox.push(input);
      else input.reply(storeUnavailable(this.#recovery.reason));
    }
  }

  async #rebuild(): Promise<void> {
    const { store, settings, clock } = this.#deps;
    const snapshot = await store.load();
    const at = clock.now();
    this.#core = restoreCore(snapshot, settings, at);
    this.#view = new CommittedView(this.#core);
    this.#counts = { ...snapshot.counts };
    this.#gauges();
    this.#inbox.push({
      kind: 'event',
      event: { kind: 'cluster_reachability_changed', at, reachable: this.#clusterReachable },
    });
    if (this.#stopping) this.#inbox.push({ kind: 'event', event: { kind: 'drain_started', at } });
    this.#deps.resync();
    this.#kick();
  }

  #measure(turn: Turn, inputs: number, commitMs: number): void {
    const { metrics } = this.#deps;
    if (turn.hasWrites) {
      metrics.observe('kubejobs_commit_duration_seconds', commitMs / 1000);
      metrics.observe('kubejobs_commit_inputs', inputs);
    }
    for (const { jobId, from, to } of turn.stateChanges()) {
      if (from) this.#counts[from] -= 1;
      this.#counts[to] += 1;
      this.#measureEnd(turn, jobId, to);
    }
    for (const waitMs of turn.waitsMs) metrics.observe('kubejobs_job_wait_seconds', waitMs / 1000);
    this.#gauges();
  }

  #measureEnd(turn: Turn, jobId: string, to: JobState): void {
    const before = turn.before.get(jobId);
    if (before?.place !== 'running' || !isFinished(to)) return;
    const { metrics, clock } = this.#deps;
    metrics.observe('kubejobs_job_run_seconds', (clock.now() - before.dispatchedAt) / 1000, { state: to });
  }

  #gauges(): void {
    const { metrics, settings } = this.#deps;
    for (const state of jobStates) metrics.set('kubejobs_jobs', this.#counts[state], { state });
    metrics.set('kubejobs_queue_depth', this.#counts.pending);
    metrics.set('kubejobs_slots', settings.maxConcurrency);
    metrics.set('kubejobs_slots_used', this.#counts.running);
    metrics.set('kubejobs_cluster_reachable', this.#clusterReachable ? 1 : 0);
  }
}

function noJobs(): Record<JobState, number> {
  return Object.fromEntries(jobStates.map((state) => [state, 0])) as Record<JobState, number>;
}

function storeUnavailable(reason: string): Refused {
  return refused('store_unavailable', reason, { retryAfterSeconds: 5 });
}
