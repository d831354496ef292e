// A whole simulated world: a cluster that nobody else sees into, a program with its store that may be killed and starts
// again, callers and meddlers, and a trace of all that came out. It owns the seed: every chance in it comes from there.
// It never looks into the program to decide what is right; that is for the checkers, who see the trace only.
import { type Cluster, jobsResource, type KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { attemptLabel, jobIdLabel, ourSelector } from '../../pkg/kubernetes/labels.ts';
import type { Engine, EngineDeps } from '../engine/engine.ts';
import type { Clock } from '../platform/clock.ts';
import { silentLogger } from '../platform/logger.ts';
import { type Random, seededRandom } from '../platform/random.ts';
import { memoryStore } from '../store/memory.ts';
import type { Commit, Store } from '../store/store.ts';
import { type SimulatedCluster, simulatedCluster } from './cluster/simulated-cluster.ts';
import { type CrashDecider, Life } from './crash.ts';
import type { FaultRates } from './fault-plan.ts';
import { type FaultyCluster, faultyCluster } from './faulty-cluster.ts';
import { FaultyStore, type StoreFaults } from './faulty-store.ts';
import { assembleProgram, type Program } from './program.ts';
import { type Checker, type ClusterChange, Trace } from './trace.ts';

/** A clock that moves when it is told to; see test/support/virtual-clock.ts. */
export interface SteppableClock extends Clock {
  advance(ms: number): Promise<void>;
}

/** A planted bug: the program gets a store or a cluster that lies to it. Only to show that the checkers notice. */
export interface Tampering {
  store?(store: Store): Store;
  cluster?(cluster: Cluster): Cluster;
}

export interface WorldOptions {
  clock: SteppableClock;
  seed: number;
  settings: EngineDeps['settings'];
  /** How long a workload without an annotation runs. */
  durationMs: number;
  checkers?: readonly Checker[];
  clusterFaults?: FaultRates;
  storeFaults?: StoreFaults;
  crash?: CrashDecider;
  /** How long a killed program stays down; at once when absent. */
  downtimeMs?: () => number;
  tampering?: Tampering;
}

export type Submission = Parameters<Engine['submit']>[0];
export type SubmissionAnswer = Awaited<ReturnType<Engine['submit']>>;

export class World {
  readonly trace: Trace;
  readonly random: Random;
  /** The cluster as it really is. */
  readonly truth: SimulatedCluster;
  readonly store: Store;
  readonly storeFaults: StoreFaults;
  /** How often each thing went wrong. */
  readonly mishaps = new Map<string, number>();
  /** What the program threw while it started. */
  readonly bugs: string[] = [];
  readonly #options: WorldOptions;
  readonly #faulty: FaultyCluster;
  readonly #watching = new AbortController();
  #life: Life;
  #program: Program | undefined;
  #closed = false;

  constructor(options: WorldOptions) {
    const { clock, seed, durationMs } = options;
    this.#options = options;
    this.random = seededRandom(seed);
    this.trace = new Trace(clock.now(), options.checkers ?? []);
    this.store = this.#recording(memoryStore({ queueId: this.random.uuid(clock.now()) }));
    this.storeFaults = options.storeFaults ?? { commitFails: 0, reopenFails: 0, longestCommitMs: 0 };
    this.truth = simulatedCluster({ clock, random: this.random, durationMs, terminationMs: 500 });
    const rates = options.clusterFaults ?? {};
    this.#faulty = faultyCluster({ cluster: this.truth, clock, random: this.random, rates });
    this.#life = this.#newLife();
    void this.#watchTruth();
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

  async start(): Promise<void> {
    const life = this.#life;
    const { clock, settings, tampering = {} } = this.#options;
    const itsClock = life.clock(clock);
    const store = new FaultyStore(this.store, {
      clock: itsClock,
      random: this.random,
      faults: this.storeFaults,
      onFault: (kind) => {
        this.#mishap(kind);
        this.trace.add({ at: clock.now(), kind: 'store_failed' });
      },
    });
    const itsStore = life.store(store);
    const itsCluster = life.cluster(this.#noting(this.#faulty));
    const program = assembleProgram({
      store: tampering.store?.(itsStore) ?? itsStore,
      cluster: tampering.cluster?.(itsCluster) ?? itsCluster,
      clock: itsClock,
      random: this.random,
      logger: silentLogger,
      settings,
    });
    this.#program = program;
    this.trace.add({ at: clock.now(), kind: 'started' });
    await program.start().catch((error: Error) => this.bugs.push(error.message));
  }

  /** Resolves with the answer; never when the program dies first, and with undefined when it is down. */
  async submit(submission: Submission): Promise<SubmissionAnswer | undefined> {
    const life = this.#life;
    const answer = await this.#program?.engine.submit(submission);
    if (!answer || life.isOver) return undefined;
    const at = this.clock.now();
    const { name } = submission;
    if (!answer.ok) this.trace.add({ at, kind: 'submission_refused', name, code: answer.refusal.code });
    else {
      const { jobId, queuePosition } = answer.value;
      this.trace.add({ at, kind: 'accepted', name, jobId, position: queuePosition });
    }
    return answer;
  }

  async cancel(jobId: string): Promise<void> {
    this.trace.add({ at: this.clock.now(), kind: 'cancel_asked', jobId });
    await this.#program?.engine.change('cancel', jobId);
  }

  async reprioritise(jobId: string, priority: number): Promise<void> {
    await this.#program?.engine.change('reprioritise', jobId, priority);
  }

  /** Somebody else deletes the workload of the job, if there is one. */
  async deleteWorkload(jobId: string, propagation: 'foreground' | 'background'): Promise<void> {
    const [workload] = (await this.workloads()).filter(({ metadata }) => metadata.labels?.[jobIdLabel] === jobId);
    if (!workload) return;
    this.trace.add({ at: this.clock.now(), kind: 'outsider_deleted', jobId });
    const { namespace = '', name } = workload.metadata;
    await this.truth.delete(jobsResource, namespace, name, { propagation });
  }

  /** Our Jobs as they are on the cluster. */
  async workloads(): Promise<KubernetesObject[]> {
    const page = await this.truth.list(jobsResource, { labelSelector: ourSelector(this.store.queueId) });
    return page.outcome === 'ok' ? page.value.items : [];
  }

  /** Kills the program, whatever it is doing. */
  crash(point = 'any_moment'): void {
    if (!this.#program) return;
    this.#mishap(`crash:${point}`);
    this.trace.add({ at: this.clock.now(), kind: 'crashed', point });
    this.#life.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watching.abort();
    this.#life.end();
    await this.truth.close();
  }

  #newLife(): Life {
    const decide: CrashDecider = (point) => {
      if (!this.#options.crash?.(point)) return false;
      this.#mishap(`crash:${point}`);
      this.trace.add({ at: this.clock.now(), kind: 'crashed', point });
      return true;
    };
    return new Life(decide, () => this.#died());
  }

  #died(): void {
    this.#program = undefined;
    if (this.#closed) return;
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
        await store.commit(commit);
        this.trace.add({ at: this.clock.now(), kind: 'committed', commit: structuredClone(commit) });
      },
      reopen: () => store.reopen(),
      close: () => Promise.resolve(),
    };
  }

  /** Writes each create into the trace as it leaves the program. */
  #noting(cluster: Cluster): Cluster {
    const create: Cluster['create'] = (resource, object, options) => {
      const { [jobIdLabel]: jobId = '', [attemptLabel]: attempt } = object.metadata.labels ?? {};
      this.trace.add({ at: this.clock.now(), kind: 'create_called', jobId, attempt: Number(attempt) });
      return cluster.create(resource, object, options);
    };
    return {
      create,
      get: cluster.get.bind(cluster),
      delete: cluster.delete.bind(cluster),
      list: cluster.list.bind(cluster),
      watch: cluster.watch.bind(cluster),
      ping: cluster.ping.bind(cluster),
      close: cluster.close.bind(cluster),
    };
  }

  async #watchTruth(): Promise<void> {
    const { signal } = this.#watching;
    const labelSelector = ourSelector(this.store.queueId);
    const options = { resourceVersion: '0', labelSelector, signal, timeoutSeconds: 1_000_000 };
    for await (const event of this.truth.watch(jobsResource, options)) {
      if (event.type === 'ERROR') throw new Error(`the trace lost the cluster: ${event.message}`);
      if (event.type === 'BOOKMARK') continue;
      const change: ClusterChange = { type: event.type, object: event.object };
      this.trace.add({ at: this.clock.now(), kind: 'workload', change });
    }
  }

  #mishap(name: string): void {
    this.mishaps.set(name, (this.mishaps.get(name) ?? 0) + 1);
  }
}
