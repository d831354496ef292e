// A Kubernetes cluster in memory, behind the same interface as the real one: an API server with resource versions,
// watches and deletion, controllers of Jobs, JobSets and PyTorchJobs, and nodes whose containers only take their time. It
// runs on the given clock, so the program's dry run and a simulation of days in milliseconds are the same code. It owns no truth: after a restart
// the caller hands it the attempts that were running (`adopt`). Objects that it answers are frozen.
import { setMaxListeners } from 'node:events';
import {
  type ApiResult,
  type Cluster,
  type DeleteOptions,
  jobsResource,
  type KubernetesObject,
  type ListOptions,
  type ListPage,
  type MergePatch,
  podsResource,
  type Resource,
  type WatchEvent,
  type WatchOptions,
} from '../../../pkg/kubernetes/cluster.ts';
import type { LogOptions, LogSource } from '../../../pkg/kubernetes/log-source.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { Agenda } from './agenda.ts';
import { alreadyExists, conflictWith, invalid, notFound, ok } from './answers.ts';
import { copyOf } from './copy.ts';
import type { ObjectEvent } from './event-history.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { JobController } from './job-controller.ts';
import { defaultedJobSpec } from './job-spec.ts';
import { SimulatedJobSets } from './jobset-controller.ts';
import { Kubelet, type PodEvents } from './kubelet.ts';
import { Listing } from './listing.ts';
import { type LogLine, logStream, simulatedLog } from './logs.ts';
import { ObjectStore } from './object-store.ts';
import { patched } from './patching.ts';
import { PyTorchController } from './pytorch-controller.ts';
import { kubernetesTime } from './timestamps.ts';
import { jobProblems, jobSetProblems, metadataProblems, pytorchProblems } from './validation.ts';
import { watching } from './watching.ts';
import { resourceOfKind, type WorkloadController } from './workload-controller.ts';

export interface SimulatedClusterDeps {
  clock: Clock;
  random: Random;
  /** How long a container runs when no annotation says otherwise. */
  durationMs: number;
  /** How long a running pod takes to go after its deletion; 5 by default. */
  terminationMs?: number;
  /** Events that a watcher can be behind before it gets 410; 10,000 by default. */
  historyLimit?: number;
  /** Told of every write, before any watcher. */
  onEvent?(event: ObjectEvent): void;
}

export interface SimulatedCluster extends Cluster, LogSource {
  /**
   * Puts back a workload that was dispatched at `startedAt` (ms), as if this cluster had run it since: one whose duration is
   * over is finished when this returns. Its `metadata.uid` is kept when it has one. Refused like a create.
   */
  adopt(workload: KubernetesObject, options: { startedAt: number }): ApiResult<KubernetesObject>;
  /** What a container has printed; the pod's first when none is named. `undefined` without such a pod or container. */
  logs(namespace: string, pod: string, container?: string): LogLine[] | undefined;
  /** Forgets all past events: a watcher that is behind gets 410. */
  compact(): void;
}

export function simulatedCluster(deps: SimulatedClusterDeps): SimulatedCluster {
  return new InMemoryCluster(deps);
}

class InMemoryCluster implements SimulatedCluster {
  readonly #deps: SimulatedClusterDeps;
  readonly #store: ObjectStore;
  readonly #agenda: Agenda;
  readonly #listing: Listing;
  readonly #controllers: ReadonlyMap<string, WorkloadController>;
  readonly #collector: GarbageCollector;
  readonly #closing = new AbortController();

  constructor(deps: SimulatedClusterDeps) {
    const { clock, random, durationMs, terminationMs = 5, historyLimit = 10_000 } = deps;
    this.#deps = deps;
    setMaxListeners(0, this.#closing.signal); // one for each open watch
    const store = new ObjectStore({ historyLimit, onEvent: (event) => deps.onEvent?.(event) });
    const agenda = new Agenda(clock);
    const kubelet = new Kubelet({ store, agenda, random, terminationMs, events: this.#podEvents() });
    this.#store = store;
    this.#agenda = agenda;
    this.#listing = new Listing(store);
    const shared = { store, agenda, kubelet, durationMs };
    this.#controllers = new Map<string, WorkloadController>([
      ['Job', new JobController({ ...shared, expire: (job, at) => this.#expire(job, at) })],
      ['JobSet', new SimulatedJobSets(shared)],
      ['PyTorchJob', new PyTorchController(shared)],
    ]);
    this.#collector = new GarbageCollector({ ...shared, controllerOf: (kind) => this.#controllers.get(kind) });
  }

  async create(
    resource: Resource,
    object: KubernetesObject,
    options: { dryRun?: boolean } = {},
  ): Promise<ApiResult<KubernetesObject>> {
    if (this.#isClosed) return closedAnswer;
    const { uid: _ignored, ...metadata } = object.metadata;
    return this.#admit(resource, { ...object, metadata }, this.#deps.clock.now(), options.dryRun ?? false);
  }

  async get(resource: Resource, namespace: string, name: string): Promise<ApiResult<KubernetesObject>> {
    if (this.#isClosed) return closedAnswer;
    const object = this.#store.get(resource, namespace, name);
    return object ? ok(object) : notFound(resource, name);
  }

  async delete(
    resource: Resource,
    namespace: string,
    name: string,
    options: DeleteOptions,
  ): Promise<ApiResult<undefined>> {
    if (this.#isClosed) return closedAnswer;
    const object = this.#store.get(resource, namespace, name);
    if (!object) return notFound(resource, name);
    const conflict = conflictWith(resource, object, options);
    if (conflict) return conflict;
    this.#collector.delete(resource, object, options.propagation, this.#deps.clock.now());
    return ok(undefined);
  }

  async patch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: MergePatch,
  ): Promise<ApiResult<KubernetesObject>> {
    if (this.#isClosed) return closedAnswer;
    const object = this.#store.get(resource, namespace, name);
    if (!object) return notFound(resource, name);
    const conflict = conflictWith(resource, object, patch.metadata ?? {});
    return conflict ?? ok(this.#store.put(resource, patched(object, patch)));
  }

  async list(resource: Resource, options: ListOptions): Promise<ApiResult<ListPage>> {
    return this.#isClosed ? closedAnswer : this.#listing.page(resource, options);
  }

  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent> {
    const { clock } = this.#deps;
    return watching({ store: this.#store, clock, closed: this.#closing.signal }, resource, options);
  }

  async ping(): Promise<ApiResult<undefined>> {
    return this.#isClosed ? closedAnswer : ok(undefined);
  }

  compact(): void {
    this.#store.forgetEvents();
  }

  async close(): Promise<void> {
    this.#agenda.stop();
    this.#closing.abort();
  }

  adopt(workload: KubernetesObject, options: { startedAt: number }): ApiResult<KubernetesObject> {
    const admitted = this.#admit(resourceOfKind(workload.kind), workload, options.startedAt, false);
    this.#agenda.runDue();
    return admitted;
  }

  logs(namespace: string, podName: string, container?: string): LogLine[] | undefined {
    const pod = this.#store.get(podsResource, namespace, podName);
    return pod?.status === undefined ? undefined : simulatedLog(pod, container);
  }

  async log(namespace: string, pod: string, options: LogOptions): Promise<ApiResult<AsyncIterable<Uint8Array>>> {
    const { container } = options;
    if (!this.logs(namespace, pod, container)) return notFound(podsResource, pod);
    const { clock } = this.#deps;
    return ok(logStream({ clock, linesNow: () => this.logs(namespace, pod, container), ...options }));
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #admit(resource: Resource, given: KubernetesObject, at: number, dryRun: boolean): ApiResult<KubernetesObject> {
    const { name, namespace = 'default' } = given.metadata;
    const problems = [...metadataProblems(given), ...(specProblems[resource.kind]?.(given) ?? [])];
    if (problems.length > 0) return invalid(resource, name, problems);
    const existing = this.#store.get(resource, namespace, name);
    if (existing) return alreadyExists(resource, existing);
    const object = this.#completed(given, namespace, at);
    if (dryRun) return ok(object);
    const stored = this.#store.put(resource, object);
    this.#controllers.get(resource.kind)?.admit(stored, at);
    return ok(stored);
  }

  /** A private copy with what the server adds. */
  #completed(given: KubernetesObject, namespace: string, at: number): KubernetesObject {
    const copy = copyOf(given);
    const uid = copy.metadata.uid ?? this.#deps.random.uuid(at);
    const { deletionTimestamp: _never, resourceVersion: _given, ...kept } = copy.metadata;
    const metadata = { ...kept, namespace, uid, generation: 1, creationTimestamp: kubernetesTime(at) };
    if (copy.kind !== 'Job') return { ...copy, metadata };
    return { ...copy, metadata, spec: defaultedJobSpec(copy, uid), status: {} };
  }

  #podEvents(): PodEvents {
    return {
      running: (pod, at) => this.#controllerOf(pod)?.running(pod, at),
      ended: (pod, at) => this.#controllerOf(pod)?.ended(pod, at),
      gone: (pod, at) => {
        this.#controllerOf(pod)?.gone(pod, at);
        this.#collector.podGone(pod, at);
      },
    };
  }

  #controllerOf(pod: KubernetesObject): WorkloadController | undefined {
    return this.#controllers.get(pod.metadata.ownerReferences?.[0]?.kind ?? '');
  }

  #expire(job: KubernetesObject, at: number): void {
    const current = this.#store.get(jobsResource, job.metadata.namespace ?? '', job.metadata.name);
    if (current?.metadata.uid === job.metadata.uid && current) {
      this.#collector.delete(jobsResource, current, 'background', at);
    }
  }
}

const specProblems: Readonly<Record<string, (object: KubernetesObject) => string[]>> = {
  Job: jobProblems,
  JobSet: jobSetProblems,
  PyTorchJob: pytorchProblems,
};

const closedAnswer: ApiResult<never> = { outcome: 'unknown', message: 'the simulated cluster is closed' };
