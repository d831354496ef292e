// Deletion as Kubernetes does it: foreground (marked, the pods go first, then the workload) and background (the workload
// goes at once, its pods after it). Both leave their events for the watchers.
import { type KubernetesObject, podsResource, type Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { Agenda } from './agenda.ts';
import type { Kubelet } from './kubelet.ts';
import type { ObjectStore } from './object-store.ts';
import { kubernetesTime } from './timestamps.ts';
import { resourceOfKind, type WorkloadController } from './workload-controller.ts';

const foregroundFinalizer = 'foregroundDeletion';
/** From a deletion to what the collector does about the dependents. */
const reactionMs = 1;

export interface GarbageCollectorDeps {
  store: ObjectStore;
  agenda: Agenda;
  kubelet: Kubelet;
  /** Undefined for what is not a workload. */
  controllerOf(kind: string): WorkloadController | undefined;
}

export class GarbageCollector {
  readonly #deps: GarbageCollectorDeps;

  constructor(deps: GarbageCollectorDeps) {
    this.#deps = deps;
  }

  delete(resource: Resource, object: KubernetesObject, propagation: 'foreground' | 'background', at: number): void {
    if (resource.plural === podsResource.plural) this.#deps.kubelet.terminate(object, at);
    else if (!this.#deps.controllerOf(object.kind)) this.#deps.store.remove(resource, object);
    else if (propagation === 'background') this.#removeWorkload(object, at);
    else if (object.metadata.deletionTimestamp === undefined) this.#markWorkload(object, at);
  }

  /** A pod is gone: its workload may be the next. */
  podGone(pod: KubernetesObject, at: number): void {
    const owner = pod.metadata.ownerReferences?.[0];
    if (owner === undefined) return;
    const workload = this.#deps.store.get(resourceOfKind(owner.kind), pod.metadata.namespace ?? '', owner.name);
    if (workload?.metadata.finalizers?.includes(foregroundFinalizer)) this.#collect(workload, at);
  }

  #markWorkload(workload: KubernetesObject, at: number): void {
    const finalizers = [...(workload.metadata.finalizers ?? []), foregroundFinalizer];
    const metadata = { ...workload.metadata, deletionTimestamp: kubernetesTime(at), finalizers };
    const marked = this.#deps.store.put(resourceOfKind(workload.kind), { ...workload, metadata });
    this.#deps.agenda.at(at + reactionMs, (now) => {
      this.#collect(marked, now);
      this.#deps.controllerOf(marked.kind)?.deleting(marked);
    });
  }

  /** Sends the pods away, or the marked workload when there are none. */
  #collect(marked: KubernetesObject, at: number): void {
    const { store, kubelet } = this.#deps;
    for (const pod of kubelet.podsOf(marked)) kubelet.terminate(pod, at);
    const current = store.get(resourceOfKind(marked.kind), marked.metadata.namespace ?? '', marked.metadata.name);
    if (current?.metadata.uid !== marked.metadata.uid || !current || kubelet.podsOf(current).length > 0) return;
    this.#forget(current);
  }

  #removeWorkload(workload: KubernetesObject, at: number): void {
    const { agenda, kubelet } = this.#deps;
    this.#forget(workload);
    agenda.at(at + reactionMs, (now) => {
      for (const pod of kubelet.podsOf(workload)) kubelet.terminate(pod, now);
    });
  }

  #forget(workload: KubernetesObject): void {
    this.#deps.controllerOf(workload.kind)?.forget(workload);
    this.#deps.store.remove(resourceOfKind(workload.kind), workload);
  }
}
