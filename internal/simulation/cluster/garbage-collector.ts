// Deletion as Kubernetes does it: foreground (marked, the pods go first, then the Job) and background (the Job goes
// at once, its pods after it). Both leave their events for the watchers.
import { jobsResource, type KubernetesObject, podsResource, type Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { Agenda } from './agenda.ts';
import type { JobController } from './job-controller.ts';
import type { Kubelet } from './kubelet.ts';
import type { ObjectStore } from './object-store.ts';
import { kubernetesTime } from './timestamps.ts';

const foregroundFinalizer = 'foregroundDeletion';
/** From a deletion to what the collector does about the dependents. */
const reactionMs = 1;

export interface GarbageCollectorDeps {
  store: ObjectStore;
  agenda: Agenda;
  kubelet: Kubelet;
  controller: JobController;
}

export class GarbageCollector {
  readonly #deps: GarbageCollectorDeps;

  constructor(deps: GarbageCollectorDeps) {
    this.#deps = deps;
  }

  delete(resource: Resource, object: KubernetesObject, propagation: 'foreground' | 'background', at: number): void {
    if (resource.plural === podsResource.plural) this.#deps.kubelet.terminate(object, at);
    else if (resource.plural !== jobsResource.plural) this.#deps.store.remove(resource, object);
    else if (propagation === 'background') this.#removeJob(object, at);
    else if (object.metadata.deletionTimestamp === undefined) this.#markJob(object, at);
  }

  /** A pod is gone: its Job may be the next. */
  podGone(pod: KubernetesObject, at: number): void {
    const jobName = pod.metadata.ownerReferences?.[0]?.name;
    if (jobName === undefined) return;
    const job = this.#deps.store.get(jobsResource, pod.metadata.namespace ?? '', jobName);
    if (job?.metadata.finalizers?.includes(foregroundFinalizer)) this.#collect(job, at);
  }

  #markJob(job: KubernetesObject, at: number): void {
    const finalizers = [...(job.metadata.finalizers ?? []), foregroundFinalizer];
    const metadata = { ...job.metadata, deletionTimestamp: kubernetesTime(at), finalizers };
    const marked = this.#deps.store.put(jobsResource, { ...job, metadata });
    this.#deps.agenda.at(at + reactionMs, (now) => {
      this.#collect(marked, now);
      this.#deps.controller.deleting(marked);
    });
  }

  /** Sends the pods away, or the marked Job when there are none. */
  #collect(marked: KubernetesObject, at: number): void {
    const { store, kubelet } = this.#deps;
    for (const pod of kubelet.podsOf(marked)) kubelet.terminate(pod, at);
    const job = store.get(jobsResource, marked.metadata.namespace ?? '', marked.metadata.name);
    if (job?.metadata.uid !== marked.metadata.uid || !job || kubelet.podsOf(job).length > 0) return;
    this.#forgetJob(job);
  }

  #removeJob(job: KubernetesObject, at: number): void {
    const { agenda, kubelet } = this.#deps;
    this.#forgetJob(job);
    agenda.at(at + reactionMs, (now) => {
      for (const pod of kubelet.podsOf(job)) kubelet.terminate(pod, now);
    });
  }

  #forgetJob(job: KubernetesObject): void {
    this.#deps.controller.forget(job);
    this.#deps.store.remove(jobsResource, job);
  }
}
