// The only owner of a core. It takes what arrives in turns: drain the inbox, load what the inputs name and the core
// lacks, apply each, plan, write rows and decisions in one commit, answer the callers, release the effects. All that
// arrives while a commit runs shares the next one. No answer and no effect leaves before its commit is durable.
import {
  type Answer,
  type AttemptRules,
  accepted,
  attemptRulesOf,
  type Job,
  type JobState,
  type JobSubmission,
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
import { type Pruned, type Snapshot, type Store, type StoredSettings, StoreFailure } from '../store/store.ts';
import { applyChange, applyRetry } from './changes.ts';
import { CommittedView } from './committed-view.ts';
import { dress } from './effects.ts';
import {
  type ChangeInput,
  type IdempotencyKey,
  Inbox,
  type Input,
  type JobChanges,
  type KeyedSubmission,
  type OtherRows,
  type SubmissionAnswer,
  type Submitted,
} from './inbox.ts';
import { Measurements } from './measurements.ts';
import { StoreRecovery } from './store-recovery.ts';
import { strayDecisions } from './strays.ts';
import { answerForOne, applySubmission, newJob } from './submissions.ts';
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
  /** `settings.maxConcurrency` was asked for at this start, so it replaces what was set while the queue ran. */
  maxConcurrencyGiven?: boolean;
  /** Something new is on disk. */
  committed?(): void;
  /** Carries out what was decided; its outcomes come back through `report`. Must not throw. */
  release(effects: Effect[]): void;
  /**
   * After the core was rebuilt from the store: everything on the cluster must be looked at afresh, and effects that
   * were released but not started may be forgotten, for they are decided again.
   */
  resync(): void;
}

/** The most inputs of one turn: bounds the time of a commit, and with it the wait of the next inputs. */
const inputsPerTurn = 1_000;

export class Engine {
  readonly #deps: EngineDeps;
  readonly #inbox = new Inbox();
  readonly #recovery: StoreRecovery;
  readonly #measurements: Measurements;
  #core: Core;
  #view: CommittedView;
  #turning: Promise<void> | undefined;
  /** For the first turn after a rebuild: see Turn. */
  #restored: ReadonlyMap<string, JobState> = new Map();
  #cancelWake: CancelTimer | undefined;
  #started = false;
  #stopping = false;
  #stopped = false;
  /** What was last reported, kept apart from the core so that a rebuilt core learns it too. */
  #clusterReachable = false;
  /** The cap that was asked for at this start is not durable yet. */
  #owesCap: boolean;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#owesCap = deps.maxConcurrencyGiven === true;
    this.#core = new Core(deps.settings);
    this.#view = new CommittedView(this.#core);
    this.#measurements = new Measurements(deps);
    this.#recovery = new StoreRecovery(deps, { rebuild: () => this.#rebuild(), resume: () => this.#kick() });
  }

  /** Rebuilds the core from the store. Nothing is dispatched until the cluster is reported reachable. */
  async start(): Promise<void> {
    await this.#rebuild();
    this.#started = true;
    this.#kick();
  }

  /** From now on submissions are refused and nothing is dispatched; news of what runs is still taken. */
  drain(): void {
    this.#stopping = true;
    this.report({ kind: 'drain_started', at: this.#deps.clock.now() });
  }

  /** Finishes what is in the inbox and takes nothing more. The store is the caller's to close. */
  async stop(): Promise<void> {
    if (!this.#stopping) this.drain();
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
    return this.#measurements.counts;
  }

  /** Finished jobs were deleted from the store. */
  pruned(what: Pruned): void {
    this.#measurements.pruned(what);
  }

  /** Where the workload of an attempt that holds a slot is; undefined for any other attempt. */
  expected(jobId: string, attempt: number): WorkloadReference | undefined {
    if (this.#core.running(jobId)?.attempt !== attempt) return undefined;
    return this.#deps.store.reader.attempt(jobId, attempt)?.workload;
  }

  /** Resolves when the job is durable. */
  async submit(submission: JobSubmission, key?: IdempotencyKey): Promise<Answer<Submitted & { replayed: boolean }>> {
    return answerForOne(await this.submitAll([submission], key));
  }

  /** Each for itself, in their order. Resolves when all that were accepted are durable. */
  async submitEach(entries: readonly KeyedSubmission[]): Promise<Array<Answer<Submitted & { replayed: boolean }>>> {
    const refusal = this.#unavailable();
    if (refusal) return entries.map(() => refusal);
    const at = Math.floor(this.#deps.clock.now());
    const each = entries.map(({ submission, key }) => {
      const jobs = [newJob(this.#deps.random.uuid(at), at, submission)];
      return key ? { at, jobs, idempotency: key } : { at, jobs };
    });
    const answer = await new Promise<Answer<Array<Answer<SubmissionAnswer>>>>((reply) =>
      this.#push({ kind: 'submit_each', each, reply }),
    );
    return answer.ok ? answer.value.map(answerForOne) : entries.map(() => answer);
  }

  /** Resolves when the jobs are durable: all of them, or none. */
  submitAll(submissions: readonly JobSubmission[], idempotency?: IdempotencyKey): Promise<Answer<SubmissionAnswer>> {
    const refusal = this.#unavailable();
    if (refusal) return Promise.resolve(refusal);
    const at = Math.floor(this.#deps.clock.now());
    const jobs = submissions.map((submission) => newJob(this.#deps.random.uuid(at), at, submission));
    return new Promise((reply) => this.#push({ kind: 'submit', at, jobs, ...(idempotency && { idempotency }), reply }));
  }

  /** Resolves when the change is durable; the job is then read through the queries. */
  change(kind: ChangeInput['kind'], jobId: string, changes: JobChanges = {}): Promise<Answer<undefined>> {
    const refusal = this.#unavailable();
    if (refusal) return Promise.resolve(refusal);
    const at = Math.floor(this.#deps.clock.now());
    return new Promise((reply) => this.#push({ kind, at, jobId, changes, reply }));
  }

  /** Resolves when the settings are durable. */
  configure(settings: StoredSettings): Promise<Answer<undefined>> {
    const refusal = this.#unavailable();
    if (refusal) return Promise.resolve(refusal);
    const at = Math.floor(this.#deps.clock.now());
    return new Promise((reply) => this.#push({ kind: 'settings', at, settings, reply }));
  }

  /** Resolves when the rows are durable. Unlike jobs they are taken while the server stops: what was begun is noted. */
  write(rows: OtherRows): Promise<Answer<undefined>> {
    if (this.#stopped) return Promise.resolve(refused('shutting_down', 'The server is stopping.'));
    if (!this.storeAvailable) return Promise.resolve(storeUnavailable(this.#recovery.reason));
    return new Promise((reply) => this.#push({ kind: 'rows', rows, reply }));
  }

  /** As they are in force now. */
  get settings(): { maxConcurrency: number; paused: boolean } {
    const { settings, paused } = this.#core.state;
    return { maxConcurrency: settings.maxConcurrency, paused };
  }

  /** News from the cluster, the timers or the program. */
  report(event: ClusterEvent | { kind: 'drain_started'; at: number }): void {
    if (event.kind === 'cluster_reachability_changed') this.#clusterReachable = event.reachable;
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
    if (this.#turning || !this.#started || this.#stopped || !this.storeAvailable || this.#inbox.size === 0) return;
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
    const turn = new Turn(this.#restored);
    this.#restored = new Map();
    this.#view.mask(turn.before);
    try {
      for (const input of inputs) this.#apply(input, turn);
      this.#plan(turn);
      await this.#commit(turn, inputs.length);
      this.#view.show();
      this.#setWake(turn.wakeAt);
      for (const answer of turn.answers) answer();
      this.#release(turn);
    } catch (error) {
      this.#turnFailed(inputs, error);
    }
  }

  #apply(input: Input, turn: Turn): void {
    switch (input.kind) {
      case 'submit': {
        const answer = applySubmission(input, turn, this.#core, this.#deps.store.reader);
        turn.answers.push(() => input.reply(answer));
        break;
      }
      case 'submit_each': {
        const { store } = this.#deps;
        const answers = input.each.map((one) => applySubmission(one, turn, this.#core, store.reader));
        turn.answers.push(() => input.reply(accepted(answers)));
        break;
      }
      case 'cancel':
      case 'change':
        this.#answerChange(input, applyChange(input, turn, this.#core, this.#deps.store.reader), turn);
        break;
      case 'retry':
        this.#answerChange(input, applyRetry(input, turn, this.#core, this.#deps.store.reader), turn);
        break;
      case 'settings':
        this.#core.apply({ kind: 'settings_changed', at: input.at, ...input.settings });
        turn.answers.push(() => input.reply(accepted(undefined)));
        break;
      case 'rows':
        turn.write(input.rows);
        turn.answers.push(() => input.reply(accepted(undefined)));
        break;
      case 'event':
        this.#applyEvent(input.event, turn);
        break;
    }
  }

  #answerChange(input: ChangeInput, answer: Answer<undefined> | undefined, turn: Turn): void {
    if (answer) turn.answers.push(() => input.reply(answer));
    else this.#inbox.push(input);
  }

  #applyEvent(event: Extract<Input, { kind: 'event' }>['event'], turn: Turn): void {
    turn.touch(this.#core, event);
    if (this.#core.apply(event).ok || !('jobId' in event)) return;
    const attempt = this.#deps.store.reader.attempt(event.jobId, event.attempt);
    this.#core.decide(strayDecisions(event, attempt, this.#deps.logger));
  }

  /** What is due by now is done first: a job whose time to wait ran out during a long commit must not start. */
  #plan(turn: Turn): void {
    const now = this.#deps.clock.now();
    if (this.#core.hasDue(now)) this.#applyEvent({ kind: 'timer_fired', at: now }, turn);
    const starts = turn.record(this.#core.plan(now, (jobIds) => this.#rulesOf(jobIds, turn)));
    for (const start of starts) this.#startAttempt(turn, start);
  }

  /** Of jobs that start in this turn, whose rows the turn needs anyway. */
  #rulesOf(jobIds: readonly string[], turn: Turn): Map<string, AttemptRules> {
    const missing = jobIds.filter((jobId) => !turn.rows.has(jobId));
    for (const row of this.#deps.store.reader.jobs(missing)) turn.rows.set(row.jobId, row);
    const rules = new Map<string, AttemptRules>();
    for (const jobId of jobIds) {
      const row = turn.rows.get(jobId);
      const found = row && attemptRulesOf(row);
      if (found) rules.set(jobId, found);
    }
    return rules;
  }

  #startAttempt(turn: Turn, start: StartAttempt): void {
    const row = turn.rows.get(start.jobId);
    if (row) turn.waitsMs.push(start.at - row.createdAt);
    const workload = row ? this.#deps.nameWorkload(row, start.attempt) : namelessWorkload;
    turn.startAttempt(this.#core, start, workload);
  }

  async #commit(turn: Turn, inputs: number): Promise<void> {
    if (!turn.hasWrites) return;
    const { store, clock, committed } = this.#deps;
    const begun = clock.now();
    await store.commit(turn.commit);
    this.#recovery.committed();
    const now = clock.now();
    this.#measurements.committed(turn, inputs, now - begun, now);
    this.#measurements.settings(this.settings);
    this.#tell(turn);
    committed?.();
  }

  /** One log line per change of a job; those that went wrong are warnings. */
  #tell(turn: Turn): void {
    const { logger } = this.#deps;
    for (const { jobId, entry } of turn.commit.timeline) {
      const { at: _at, ...fields } = entry;
      const log = entry.state === 'failed' || entry.message !== undefined ? logger.warn : logger.info;
      log.call(logger, { jobId, ...fields }, `job ${entry.state}`);
    }
  }

  #release(turn: Turn): void {
    if (turn.effects.length === 0) return;
    const { store, clock, logger, release } = this.#deps;
    const { effects, failures } = dress(turn, store.reader, clock.now());
    for (const failure of failures) {
      logger.error(failure, 'a call on the cluster cannot be made');
      this.report(failure);
    }
    release(effects);
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

  /** What the turn did to the core is not on disk, so this core is done with. A bug ends the program instead. */
  #turnFailed(inputs: Input[], error: unknown): void {
    if (!(error instanceof StoreFailure)) {
      this.#stopped = true;
      throw error;
    }
    this.#cancelWake?.();
    this.#recovery.begin(error);
    this.#refuse(inputs);
    this.#refuseWaiting();
  }

  /** Callers do not wait for a store that may be gone for long; news from the cluster does. */
  #refuseWaiting(): void {
    const waiting = this.#inbox.take(this.#inbox.size);
    this.#refuse(waiting);
    // A timer that fired is out of date by the time of the rebuild, which looks at what is due itself.
    for (const input of waiting)
      if (input.kind === 'event' && input.event.kind !== 'timer_fired') this.#inbox.push(input);
  }

  #refuse(inputs: Input[]): void {
    for (const input of inputs) if (input.kind !== 'event') input.reply(storeUnavailable(this.#recovery.reason));
  }

  /** The news that waits in the inbox is older than what is told here, and comes to the same in the end. */
  async #rebuild(): Promise<void> {
    const { store, settings, clock } = this.#deps;
    const snapshot = await store.load();
    const at = clock.now();
    this.#core = restoreCore(snapshot, settings, at);
    this.#core.apply({ kind: 'cluster_reachability_changed', at, reachable: this.#clusterReachable });
    if (this.#stopping) this.#core.apply({ kind: 'drain_started', at });
    this.#view = new CommittedView(this.#core);
    this.#restored = standingsOf(snapshot);
    this.#measurements.reset(snapshot.counts);
    this.#measurements.settings(this.settings);
    if (this.#owesCap) this.#setGivenCap(at);
    this.#deps.resync();
    this.#push({ kind: 'event', event: { kind: 'timer_fired', at } });
  }

  /** Again after each rebuild until it is written: the commit that had it may have failed. */
  #setGivenCap(at: number): void {
    const { maxConcurrency } = this.#deps.settings;
    const reply = (answer: Answer<undefined>): void => {
      if (answer.ok) this.#owesCap = false;
    };
    this.#push({ kind: 'settings', at, settings: { maxConcurrency }, reply });
  }
}

/** The rows that a rebuild may move at once: their time has come, or their attempt cannot be read. */
function standingsOf({ waiting, unaccounted = [] }: Snapshot): Map<string, JobState> {
  const waited = waiting.map(({ jobId, held, waitsFor }): [string, JobState] => {
    if (held) return [jobId, 'held'];
    return [jobId, waitsFor.length > 0 ? 'blocked' : 'scheduled'];
  });
  return new Map([...waited, ...unaccounted.map(({ jobId }): [string, JobState] => [jobId, 'running'])]);
}

/** Of a job whose row cannot be read; its create is refused before anything is sent. */
const namelessWorkload: WorkloadReference = { kind: 'Job', namespace: '', name: '' };

function storeUnavailable(reason: string): Refused {
  return refused('store_unavailable', reason, { retryAfterSeconds: 5 });
}
