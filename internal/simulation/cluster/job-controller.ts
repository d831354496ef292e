// The simulated Job controller: gives a Job its pods, counts how they end, and writes the Job's status.
// One failed pod fails the Job, whatever its backoffLimit: the fate of a simulated pod is fixed, so a retry
// would only fail again. A Job that is being deleted gets no new pods and no outcome any more: as in a real cluster
// (seen with 1.36) its status only says that its pods are terminating, until it is gone.
import { jobsResource, type KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import type { Agenda } from './agenda.ts';
import { type Fate, fateOf } from './fate.ts';
import { type JobSpec, jobLabels, jobSpecOf, podsNeeded } from './job-spec.ts';
import {
  backoffLimitExceeded,
  deadlineExceeded,
  type Failure,
  failingJob,
  finishedJob,
  suspendedJob,
  terminatingJob,
  withCounts,
} from './job-status.ts';
import type { Kubelet } from './kubelet.ts';
import type { ObjectStore } from './object-store.ts';
import { podStatusOf } from './pod-objects.ts';
import { kubernetesTime } from './timestamps.ts';
import type { WorkloadController } from './workload-controller.ts';

/** From the Job's creation to its first pod. */
const reactionMs = 1;

/** A Job that is not finished. */
interface Run {
  job: KubernetesObject;
  fate: Fate;
  /** Pods that are yet to be made. */
  outstanding: number;
  /** Names of the pods that have not ended. */
  active: Set<string>;
  ready: Set<string>;
  succeeded: number;
  failed: number;
  startTime?: string;
  failure?: Failure;
}

export interface JobControllerDeps {
  store: ObjectStore;
  agenda: Agenda;
  kubelet: Kubelet;
  durationMs: number;
  /** Takes a finished Job away when its `ttlSecondsAfterFinished` has passed. */
  expire: (job: KubernetesObject, at: number) => void;
}

export class JobController implements WorkloadController {
  readonly #deps: JobControllerDeps;
  readonly #runs = new Map<string, Run>();

  constructor(deps: JobControllerDeps) {
    this.#deps = deps;
  }

  /** Takes charge of a stored Job; its duration counts from `dispatchedAt`. */
  admit(job: KubernetesObject, dispatchedAt: number): void {
    const { store, agenda, durationMs } = this.#deps;
    const spec = jobSpecOf(job);
    if (spec.suspend) {
      agenda.at(dispatchedAt + reactionMs, (at) => {
        const current = this.#current(job);
        if (current) store.put(jobsResource, suspendedJob(current, at));
      });
      return;
    }
    const run: Run = {
      job,
      fate: fateOf(job, spec.template, durationMs),
      outstanding: podsNeeded(spec),
      active: new Set(),
      ready: new Set(),
      succeeded: 0,
      failed: 0,
    };
    this.#runs.set(job.metadata.uid ?? '', run);
    agenda.at(dispatchedAt + reactionMs, (at) => this.#start(run, dispatchedAt, at));
  }

  /** The Job is gone: its pods no longer matter. */
  forget(job: KubernetesObject): void {
    this.#runs.delete(job.metadata.uid ?? '');
  }

  /** The Job was marked for deletion and its pods were told to go. */
  deleting(job: KubernetesObject): void {
    this.forget(job);
    const current = this.#current(job);
    if (current) this.#deps.store.put(jobsResource, terminatingJob(current, this.#deps.kubelet.podsOf(job).length));
  }

  running(pod: KubernetesObject): void {
    const run = this.#runOf(pod);
    if (!run) return;
    run.ready.add(pod.metadata.name);
    this.#writeCounts(run);
  }

  ended(pod: KubernetesObject, at: number): void {
    const run = this.#runOf(pod);
    if (run) this.#count(run, pod, podStatusOf(pod).phase === 'Succeeded', at);
  }

  /** A pod that goes before it has ended counts as failed. */
  gone(pod: KubernetesObject, at: number): void {
    const run = this.#runOf(pod);
    if (run?.active.has(pod.metadata.name)) this.#count(run, pod, false, at);
  }

  #start(run: Run, dispatchedAt: number, at: number): void {
    const job = this.#current(run.job);
    if (!job || job.metadata.deletionTimestamp !== undefined) return;
    run.startTime = kubernetesTime(at);
    const { activeDeadlineSeconds: deadline } = jobSpecOf(job);
    if (deadline) this.#deps.agenda.at(at + deadline * 1_000, (now) => this.#fail(run, deadlineExceeded, now));
    this.#goOn(run, dispatchedAt, at);
  }

  #count(run: Run, pod: KubernetesObject, succeeded: boolean, at: number): void {
    run.active.delete(pod.metadata.name);
    run.ready.delete(pod.metadata.name);
    if (succeeded) run.succeeded += 1;
    else run.failed += 1;
    if (succeeded || run.failure) this.#goOn(run, at, at);
    else this.#fail(run, backoffLimitExceeded, at);
  }

  /** Makes the pods that may run now, or finishes the Job when none is left. */
  #goOn(run: Run, countsFrom: number, at: number): void {
    const job = this.#current(run.job);
    if (!job) return;
    const wish = { template: jobSpecOf(job).template, labels: jobLabels(job.metadata.name, job.metadata.uid ?? '') };
    while (!run.failure && run.outstanding > 0 && run.active.size < parallelismOf(jobSpecOf(job))) {
      run.outstanding -= 1;
      run.active.add(this.#deps.kubelet.make(job, wish, run.fate, countsFrom, at).metadata.name);
    }
    if (run.active.size === 0 && (run.failure || run.outstanding === 0)) this.#finish(run, at);
    else this.#writeCounts(run);
  }

  #fail(run: Run, failure: Failure, at: number): void {
    const job = this.#current(run.job);
    if (!job || run.failure || !this.#runs.has(job.metadata.uid ?? '')) return;
    run.failure = failure;
    if (run.active.size === 0) {
      this.#finish(run, at);
      return;
    }
    this.#deps.store.put(jobsResource, failingJob(withCounts(job, countsOf(run)), failure, at));
    for (const pod of this.#podsOf(run)) this.#deps.kubelet.terminate(pod, at);
  }

  #finish(run: Run, at: number): void {
    const { store, agenda, expire } = this.#deps;
    const job = this.#current(run.job);
    this.forget(run.job);
    if (!job) return;
    const finished = store.put(jobsResource, finishedJob(withCounts(job, countsOf(run)), run.failure, at));
    const { ttlSecondsAfterFinished: ttl } = jobSpecOf(finished);
    if (typeof ttl === 'number') agenda.at(at + ttl * 1_000, (now) => expire(finished, now));
  }

  #writeCounts(run: Run): void {
    const job = this.#current(run.job);
    if (job) this.#deps.store.put(jobsResource, withCounts(job, countsOf(run)));
  }

  #podsOf(run: Run): KubernetesObject[] {
    return this.#deps.kubelet.podsOf(run.job).filter((pod) => run.active.has(pod.metadata.name));
  }

  #runOf(pod: KubernetesObject): Run | undefined {
    return this.#runs.get(pod.metadata.ownerReferences?.[0]?.uid ?? '');
  }

  #current(job: KubernetesObject): KubernetesObject | undefined {
    const current = this.#deps.store.get(jobsResource, job.metadata.namespace ?? '', job.metadata.name);
    return current?.metadata.uid === job.metadata.uid ? current : undefined;
  }
}

function parallelismOf(spec: JobSpec): number {
  return spec.parallelism ?? 1;
}

function countsOf(run: Run): Parameters<typeof withCounts>[1] {
  const { active, ready, succeeded, failed, startTime } = run;
  const counts = { active: active.size, ready: ready.size, succeeded, failed };
  return startTime === undefined ? counts : { ...counts, startTime };
}
