// A whole simulated world: a cluster that nobody else sees into, a program with its store that may be killed and starts
// again, callers and meddlers, and a trace of all that came out. It owns the seed: every chance in it comes from there.
// It never looks into the program to decide what is right; that is for the checkers, who see the trace only.
import {
  type Cluster,
  jobsResource,
  type KubernetesObject,
  podsResource,
  pytorchJobsResource,
  type Resource,
} from '../../pkg/kubernetes/cluster.ts';
import { jobSetsResource } from '../../pkg/kubernetes/jobset-installation.ts';
import { attemptLabel, jobIdLabel, ourSelector, queueIdLabel } from '../../pkg/kubernetes/labels.ts';
import { rulesOfKind } from '../../pkg/kubernetes/workload-kinds.ts';
import type { Engine, EngineDeps } from '../engine/engine.ts';
import { type Clock, sleep } from '../platform/clock.ts';
import { silentLogger } from '../platform/logger.ts';
import { type Random, seededRandom } from '../platform/random.ts';
import { memoryStore } from '../store/memory.ts';
import { type Commit, type Store, StoreFailure } from '../store/store.ts';
import type { ObjectEvent } from './cluster/event-history.ts';
import { type SimulatedCluster, simulatedCluster } from './cluster/simulated-cluster.ts';
import { Coverage } from './coverage.ts';
import { FaultPlan, type FaultRates, type OnStrike, type Subject } from './fault-plan.ts';
import { type FaultyCluster, faultyCluster } from './faulty-cluster.ts';
import { FaultyStore } from './faulty-store.ts';
import { type CrashDecider, Life } from './life.ts';
import { assembleProgram, type Program } from './program.ts';
import { situationsOf, unfinishedSituations } from './situations.ts';
import { countingClock, Steps } from './steps.ts';
import { type Checker, type Key, type Settings, type Submission, Trace, type TraceEntry } from './trace.ts';

/** A clock that moves when it is told to; see test/support/virtual-clock.ts. */
export interface SteppableClock extends Clock {
  advance(ms: number): Promise<void>;
}

/** A planted bug: the program gets a store or a cluster that lies to it. Only to show that the checkers notice. */
export interface Tampering {
  /** Changes the program in memory; gives back what undoes it. */
  install?(): () => void;
  /** `start`: 1 for the first life of the program. */
  store?(store: Store, start: number): Store;
  cluster?(cluster: Cluster): Cluster;
  settings?(settings: EngineDeps['settings']): EngineDeps['settings'];
}

export interface WorldOptions {
  clock: SteppableClock;
  seed: number;
  /** Read at each start of the program. */
  settings: EngineDeps['settings'];
  /** Whoever starts the program names the cap each time: it replaces what was set meanwhile. */
  isCapGiven?: boolean;
  /** The cluster does not end what has passed its own deadline. */
  ignoresDeadlines?: boolean;
  /** The program saves the results of finished jobs. */
  savesResults?: boolean;
  /** How long a workload without an annotation runs. */
  durationMs: number;
  checkers?: readonly Checker[];
  clusterRates?: FaultRates;
  storeRates?: FaultRates;
  longestCommitMs?: number;
  crash?: CrashDecider;
  /** How long a program that ended stays down; at once when absent. */
  downtimeMs?: () => number;
  tampering?: Tampering;
  onLine?: ((line: string) => void) | undefined;
}

export type SubmissionAnswer = Awaited<ReturnType<Engine['submitAll']>>;
type Done = Awaited<ReturnType<Engine['change']>>;

/** Each kind of entry without its time. */
type OfTrace = TraceEntry extends infer Entry ? (Entry extends TraceEntry ? Omit<Entry, 'at'> : never) : never;

const terminationMs = 500;

export class World {
  readonly trace: Trace;
  readonly random: Random;
  readonly steps = new Steps();
  readonly coverage = new Coverage();
  /** The cluster as it really is. */
  readonly truth: SimulatedCluster;
  /** The rows as they really are. */
  readonly store: Store;
  readonly storeFaults: FaultPlan;
  /** What the program threw. */
  readonly bugs: string[] = [];
  readonly #options: WorldOptions;
  readonly #faulty: FaultyCluster;
  #life: Life;
  #program: Program | undefined;
  #programsClock: Clock | undefined;
  /** It has started, and hears callers. */
  #isListening = false;
  #starts = 0;
  #asked = 0;
  #wallAheadMs = 0;
  #closed = false;

  constructor(options: WorldOptions) {
    const { clock, seed, durationMs, checkers = [], onLine } = options;
    this.#options = options;
    this.random = seededRandom(seed);
    this.trace = new Trace({ startMs: clock.now(), checkers, onLine });
    this.store = this.#recording(memoryStore({ queueId: this.random.uuid(clock.now()) }));
    const counted = countingClock(clock, this.steps);
    const shared = { clock: counted, random: this.random };
    const onEvent = (event: ObjectEvent): void => this.#truthChanged(event);
    this.truth = simulatedCluster({ ...shared, durationMs, terminationMs, onEvent });
    this.storeFaults = new FaultPlan(this.random, options.storeRates ?? {}, this.#onStrike);
    this.#faulty = faultyCluster({
      ...shared,
      cluster: this.truth,
      rates: options.clusterRates ?? {},
      onStrike: this.#onStrike,
      compact: () => this.truth.compact(),
    });
    this.#life = this.#newLife();
  }

  get clock(): SteppableClock {
    return this.#options.clock;
  }

  get faults(): FaultyCluster['faults'] {
    return this.#faulty.faults;
  }

  /** The living program; undefined while it is down. */
  get program(): Program | undefined {
    return this.#program;
  }

  /** Whether the program's view of its rows may lag behind them for a moment. */
  get isCommitting(): boolean {
    return this.#life.isCommitting;
  }

  get starts(): number {
    return this.#starts;
  }

  async start(): Promise<void> {
    const life = this.#life;
    const { settings, isCapGiven = false, tampering = {} } = this.#options;
    const { maxConcurrency } = settings;
    this.#starts += 1;
    this.trace.add({ at: this.clock.now(), kind: 'started', maxConcurrency, isCapGiven });
    const parts = this.#partsFor(life);
    this.#programsClock = parts.clock;
    const program = assembleProgram({
      ...parts,
      random: this.random,
      logger: silentLogger,
      settings: tampering.settings?.(settings) ?? { ...settings },
      maxConcurrencyGiven: isCapGiven,
      logs: this.#options.savesResults ? this.truth : undefined,
      onInput: () => this.steps.add('input'),
    });
    this.#program = program;
    this.#isListening = false;
    try {
      await program.start();
      this.#isListening ||= !life.isOver;
    } catch (error) {
      if (!(error instanceof StoreFailure)) this.bugs.push(`the program threw: ${String((error as Error).stack)}`);
      if (!life.isOver) this.#end(life, 'start');
    }
  }

  /** Resolves with the answer; never when the program dies first, and with undefined when it is down. */
  async submit(submissions: readonly Submission[], key?: Key): Promise<SubmissionAnswer | undefined> {
    const batch = submissions.map(({ name }) => name);
    for (const submission of submissions)
      this.#tell({ kind: 'submitted', name: submission.name, submission, key, batch });
    const answer = await this.#ask((engine) => engine.submitAll(submissions, key));
    if (answer?.ok) {
      for (const { jobId, name, queuePosition: position } of answer.value.jobs)
        this.#tell({ kind: 'accepted', name, jobId, position, key });
    } else if (answer) {
      for (const name of batch) this.#tell({ kind: 'submission_refused', name, code: answer.refusal.code, key });
    }
    return answer;
  }

  async cancel(jobId: string): Promise<void> {
    this.#tell({ kind: 'cancel_asked', jobId });
    await this.#ask((engine) => engine.change('cancel', jobId));
  }

  /** A controller has found that this attempt is in the way of others; its news comes like that of the cluster. */
  giveWay(jobId: string, attempt: number): void {
    if (!this.#program || !this.#isListening || !this.#programsClock) return;
    this.#tell({ kind: 'give_way_asked', jobId, attempt });
    this.steps.add('input');
    const about = { at: this.#programsClock.now(), jobId, attempt };
    this.#program.engine.report({ kind: 'give_way_requested', ...about, message: 'others wait for its place' });
  }

  async reprioritise(jobId: string, priority: number): Promise<void> {
    this.#tell({ kind: 'priority_asked', jobId, priority });
    await this.#ask((engine) => engine.change('change', jobId, { priority }));
  }

  async hold(jobId: string, held: boolean): Promise<void> {
    this.#asked += 1;
    const wish = { asked: this.#asked, jobId, held };
    this.#tell({ kind: 'hold_asked', ...wish });
    const answer = await this.#ask((engine) => engine.change('change', jobId, { held }));
    if (answer?.ok) this.#tell({ kind: 'hold_answered', ...wish });
  }

  /** Has a finished job run again. */
  async retry(jobId: string): Promise<void> {
    this.#tell({ kind: 'retry_asked', jobId });
    await this.#ask((engine) => engine.change('retry', jobId));
  }

  async configure(settings: Settings): Promise<void> {
    this.#asked += 1;
    const wish = { asked: this.#asked, settings };
    this.#tell({ kind: 'settings_asked', ...wish });
    const answer: Done | undefined = await this.#ask((engine) => engine.configure(settings));
    if (answer?.ok) this.#tell({ kind: 'settings_answered', ...wish });
  }

  /** Somebody else deletes the workload of the job, if there is one. */
  async deleteWorkload(jobId: string, propagation: 'foreground' | 'background'): Promise<void> {
    const { jobs, attempts } = this.trace.rows;
    const workload = attempts.get(`${jobId}/${jobs.get(jobId)?.attempt}`)?.workload;
    if (workload === undefined) return;
    const { kind, namespace, name } = workload;
    const { resource } = rulesOfKind(kind);
    const found = await this.truth.get(resource, namespace, name);
    if (found.outcome !== 'ok') return;
    this.trace.add({ at: this.clock.now(), kind: 'outsider_deleted', jobId });
    await this.truth.delete(resource, namespace, name, { propagation });
  }

  /** Our Jobs, JobSets and PyTorchJobs as they are on the cluster. */
  async workloads(): Promise<KubernetesObject[]> {
    const selection = { labelSelector: ourSelector(this.store.queueId) };
    const pages = await Promise.all(workloadResources.map((resource) => this.truth.list(resource, selection)));
    return pages.flatMap((page) => (page.outcome === 'ok' ? page.value.items : []));
  }

  /** Kills the program, whatever it is doing. */
  crash(): void {
    if (this.#program) this.#end(this.#life, 'any_moment');
  }

  /** Stops the program as SIGTERM does; what takes too long is killed. */
  async stop(): Promise<void> {
    const life = this.#life;
    const program = this.#program;
    if (!program) return;
    this.coverage.add('stop', ['any']);
    this.trace.add({ at: this.clock.now(), kind: 'stopped' });
    await Promise.race([program.stop(), sleep(this.clock, longestStopMs)]);
    if (!life.isOver) this.#end(life, 'stop');
  }

  setReachable(reachable: boolean): void {
    if (this.faults.isReachable === reachable) return;
    if (!reachable) this.coverage.add('outage', ['any']);
    this.trace.add({ at: this.clock.now(), kind: 'outage', reachable });
    this.faults.setReachable(reachable);
  }

  /** Sets the wall clock of the program's machine. The program that runs keeps its own time; the next one starts there. */
  jumpClock(byMs: number): void {
    this.coverage.add(byMs > 0 ? 'clock_ahead' : 'clock_back', ['any']);
    this.trace.add({ at: this.clock.now(), kind: 'clock_jumped', byMs });
    this.#wallAheadMs += byMs;
  }

  /** From here on nothing fails. */
  endFaults(): void {
    this.setReachable(true);
    this.faults.switchOff();
    this.storeFaults.switchOff();
    this.trace.add({ at: this.clock.now(), kind: 'faults_ended' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#life.end();
    await this.truth.close();
  }

  #tell(entry: OfTrace): void {
    this.trace.add({ at: this.clock.now(), ...entry });
  }

  /** Never answered when the program dies first; undefined when it is down. */
  async #ask<T>(wish: (engine: Engine) => Promise<T>): Promise<T | undefined> {
    const life = this.#life;
    if (!this.#program || !this.#isListening) return undefined;
    this.steps.add('input');
    const answer = await wish(this.#program.engine);
    return life.isOver ? undefined : answer;
  }

  #partsFor(life: Life): { store: Store; cluster: Cluster; clock: Clock } {
    const { clock, tampering = {}, longestCommitMs = 0 } = this.#options;
    const store = new FaultyStore(this.store, {
      clock: life.clock(clock),
      random: this.random,
      faults: this.storeFaults,
      longestCallMs: longestCommitMs,
      onFailure: (operation) => this.trace.add({ at: clock.now(), kind: 'store_failed', operation }),
    });
    const itsStore = life.store(store);
    const itsCluster = life.cluster(this.#noting(this.#faulty));
    return {
      store: tampering.store?.(itsStore, this.#starts) ?? itsStore,
      cluster: tampering.cluster?.(itsCluster) ?? itsCluster,
      clock: life.clock(clock, this.#wallAheadMs),
    };
  }

  #newLife(): Life {
    const life: Life = new Life({
      decide: (point) => this.#options.crash?.(point) ?? false,
      steps: this.steps,
      onEnd: (point) => this.#ended(life, point),
    });
    return life;
  }

  #end(life: Life, point: string): void {
    life.end();
    this.#ended(life, point);
  }

  #ended(life: Life, point: string): void {
    if (life !== this.#life || this.#closed) return;
    this.coverage.add(`crash:${point}`, ['any', ...unfinishedSituations(this.trace.rows)]);
    this.trace.add({ at: this.clock.now(), kind: 'crashed', point });
    this.#program = undefined;
    this.#life = this.#newLife();
    this.clock.schedule(this.#options.downtimeMs?.() ?? 0, () => void this.start());
  }

  /** Writes each commit into the trace when it is durable, before anybody can hear of it. */
  #recording(store: Store): Store {
    return {
      queueId: store.queueId,
      epoch: store.epoch,
      reader: store.reader,
      load: () => store.load(),
      commit: async (commit: Commit) => {
        const receipt = await store.commit(commit);
        this.steps.add('commit');
        this.trace.committed(this.clock.now(), commit);
        return receipt;
      },
      reopen: () => store.reopen(),
      prune: (prune) => store.prune(prune),
      close: () => Promise.resolve(),
    };
  }

  /** Writes each create into the trace as it leaves the program. */
  #noting(cluster: Cluster): Cluster {
    const create: Cluster['create'] = (resource, object, options) => {
      if (!workloadResources.includes(resource)) return cluster.create(resource, object, options);
      const { [jobIdLabel]: jobId = '', [attemptLabel]: attempt } = object.metadata.labels ?? {};
      this.trace.add({ at: this.clock.now(), kind: 'create_called', jobId, attempt: Number(attempt) });
      return cluster.create(resource, this.#asTheClusterTakesIt(object), options);
    };
    return {
      create,
      get: cluster.get.bind(cluster),
      delete: cluster.delete.bind(cluster),
      patch: cluster.patch.bind(cluster),
      list: cluster.list.bind(cluster),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: cluster.close.bind(cluster),
    };
  }

  /** A deadline that nobody enforces is one that is not there. */
  #asTheClusterTakesIt(object: KubernetesObject): KubernetesObject {
    if (!this.#options.ignoresDeadlines) return object;
    const { activeDeadlineSeconds: _ignored, ...spec } = object.spec as Record<string, unknown>;
    return { ...object, spec };
  }

  #truthChanged({ type, resource, object, previous }: ObjectEvent): void {
    if (resultKinds.includes(resource.kind)) {
      this.trace.add({ at: this.clock.now(), kind: 'result', change: { type, object } });
      return;
    }
    if (object.metadata.labels?.[queueIdLabel] !== this.store.queueId) return;
    const at = this.clock.now();
    if (resource.plural !== podsResource.plural) {
      this.trace.add({ at, kind: 'workload', change: { type, object } });
      return;
    }
    if (type === 'MODIFIED' && previous?.status?.phase === object.status?.phase) return;
    this.trace.add({ at, kind: 'pod', change: { type, object } });
  }

  readonly #onStrike: OnStrike = (operation, fault, subject: Subject) => {
    const situations = situationsOf(subject, this.trace.rows);
    this.coverage.add(`${operation}:${fault}`, situations);
    this.trace.add({ at: this.clock.now(), kind: 'fault', operation, fault, about: aboutOf(subject, situations) });
  };
}

const workloadResources: readonly Resource[] = [jobsResource, jobSetsResource, pytorchJobsResource];
const resultKinds: readonly string[] = ['ConfigMap', 'Event'];

/** What the operating system's patience comes to, in milliseconds. */
const longestStopMs = 10_000;

function aboutOf({ name }: Subject, situations: readonly string[]): string {
  return name === undefined ? situations.join(', ') : `${name}, ${situations.join(', ')}`;
}
