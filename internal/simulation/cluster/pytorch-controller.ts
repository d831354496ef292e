// The simulated training operator: gives a PyTorchJob its pods, one for each replica, and writes its conditions. It succeeds
// with its master, or its first worker if it has none, and fails with any pod, whatever the restart policy: the fate of a
// simulated pod is fixed, so a restart would only fail again. Pods that still run at the end are treated as the run policy
// says; as with the real operator they stay when it says nothing.
// https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/
import { type KubernetesObject, pytorchJobsResource } from '../../../pkg/kubernetes/cluster.ts';
import { rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import type { Agenda } from './agenda.ts';
import { fateOf } from './fate.ts';
import type { PodTemplate } from './job-spec.ts';
import type { Kubelet } from './kubelet.ts';
import type { ObjectStore } from './object-store.ts';
import { isEnded, podStatusOf } from './pod-objects.ts';
import { withCondition } from './pytorch-status.ts';
import type { WorkloadController } from './workload-controller.ts';

/** From the PyTorchJob's creation to its first pod. */
const reactionMs = 1;
const jobNameLabel = 'training.kubeflow.org/job-name';

interface PyTorchSpec {
  runPolicy?: { activeDeadlineSeconds?: number; cleanPodPolicy?: 'None' | 'Running' | 'All' };
  pytorchReplicaSpecs: Record<string, { replicas?: number; template: PodTemplate }>;
}

export interface PyTorchControllerDeps {
  store: ObjectStore;
  agenda: Agenda;
  kubelet: Kubelet;
  durationMs: number;
}

export class PyTorchController implements WorkloadController {
  readonly #deps: PyTorchControllerDeps;
  /** By uid: the name of the pod whose success is the PyTorchJob's; of those that are not finished. */
  readonly #leaders = new Map<string, string>();

  constructor(deps: PyTorchControllerDeps) {
    this.#deps = deps;
  }

  admit(workload: KubernetesObject, dispatchedAt: number): void {
    this.#deps.agenda.at(dispatchedAt + reactionMs, (at) => this.#start(workload, dispatchedAt, at));
  }

  forget(workload: KubernetesObject): void {
    this.#leaders.delete(workload.metadata.uid ?? '');
  }

  deleting(workload: KubernetesObject): void {
    this.forget(workload);
  }

  running(pod: KubernetesObject, at: number): void {
    const workload = this.#unfinishedOf(pod);
    if (workload) this.#write(workload, 'Running', 'is running.', at);
  }

  ended(pod: KubernetesObject, at: number): void {
    const workload = this.#unfinishedOf(pod);
    if (!workload) return;
    const { name, labels = {} } = pod.metadata;
    const type = labels['training.kubeflow.org/replica-type'];
    if (podStatusOf(pod).phase === 'Failed')
      this.#finish(workload, 'Failed', `is failing because 1 ${type} failed.`, at);
    else if (this.#leaders.get(workload.metadata.uid ?? '') === name) {
      this.#finish(workload, 'Succeeded', 'is successfully completed.', at);
    }
  }

  /** A pod that goes before it has ended counts as failed. */
  gone(pod: KubernetesObject, at: number): void {
    const workload = this.#unfinishedOf(pod);
    if (workload && podStatusOf(pod).phase === 'Failed') this.#finish(workload, 'Failed', 'has lost a pod.', at);
  }

  #start(admitted: KubernetesObject, dispatchedAt: number, at: number): void {
    const current = this.#current(admitted);
    if (!current || current.metadata.deletionTimestamp !== undefined) return;
    if (rulesOfKind('PyTorchJob').stateOf(current).suspended) {
      this.#write(current, 'Suspended', 'is suspended.', at);
      return;
    }
    const created = this.#write(current, 'Created', 'is created.', at);
    const { pytorchReplicaSpecs: replicas, runPolicy } = specOf(created);
    const { name, uid = '' } = created.metadata;
    this.#leaders.set(uid, `${name}-${replicas.Master ? 'master' : 'worker'}-0`);
    for (const [type, { replicas: count = 1, template }] of Object.entries(replicas)) {
      const fate = fateOf(created, template, this.#deps.durationMs);
      for (let index = 0; index < count; index += 1) {
        const wish = { name: `${name}-${type.toLowerCase()}-${index}`, template, labels: labelsOf(name, type, index) };
        this.#deps.kubelet.make(created, wish, fate, dispatchedAt, at);
      }
    }
    const seconds = runPolicy?.activeDeadlineSeconds;
    if (seconds) this.#deps.agenda.at(at + seconds * 1_000, (now) => this.#pastDeadline(created, now));
  }

  #pastDeadline(workload: KubernetesObject, at: number): void {
    const current = this.#current(workload);
    if (!current || !this.#leaders.has(current.metadata.uid ?? '')) return;
    this.#finish(current, 'Failed', 'has failed because it was active longer than specified deadline', at);
  }

  #finish(workload: KubernetesObject, type: 'Succeeded' | 'Failed', message: string, at: number): void {
    this.forget(workload);
    const finished = this.#write(workload, type, message, at);
    const { cleanPodPolicy = 'None' } = specOf(finished).runPolicy ?? {};
    if (cleanPodPolicy === 'None') return;
    for (const pod of this.#deps.kubelet.podsOf(finished)) {
      if (cleanPodPolicy === 'All' || !isEnded(pod)) this.#deps.kubelet.terminate(pod, at);
    }
  }

  #write(workload: KubernetesObject, type: string, message: string, at: number): KubernetesObject {
    return this.#deps.store.put(pytorchJobsResource, withCondition(workload, type, message, at));
  }

  #unfinishedOf(pod: KubernetesObject): KubernetesObject | undefined {
    const { name = '', uid = '' } = pod.metadata.ownerReferences?.[0] ?? {};
    if (!this.#leaders.has(uid)) return undefined;
    return this.#deps.store.get(pytorchJobsResource, pod.metadata.namespace ?? '', name);
  }

  #current({ metadata }: KubernetesObject): KubernetesObject | undefined {
    const current = this.#deps.store.get(pytorchJobsResource, metadata.namespace ?? '', metadata.name);
    return current?.metadata.uid === metadata.uid ? current : undefined;
  }
}

/** Only for a PyTorchJob that passed validation. */
function specOf(workload: KubernetesObject): PyTorchSpec {
  return workload.spec as unknown as PyTorchSpec;
}

function labelsOf(name: string, type: string, index: number): Record<string, string> {
  return {
    [jobNameLabel]: name,
    'training.kubeflow.org/operator-name': 'pytorchjob-controller',
    'training.kubeflow.org/replica-type': type.toLowerCase(),
    'training.kubeflow.org/replica-index': String(index),
  };
}
