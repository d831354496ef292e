// The simulated nodes: makes pods, runs them, ends them with their exit code, and takes deleted ones away.
// It decides nothing about workloads: how long a pod runs and with which code it ends is told by their controllers.
import { type KubernetesObject, podsResource } from '../../../pkg/kubernetes/cluster.ts';
import type { Random } from '../../platform/random.ts';
import type { Agenda } from './agenda.ts';
import type { Fate } from './fate.ts';
import type { ObjectStore } from './object-store.ts';
import { endedPod, isEnded, type PodWish, pendingPod, runningPod } from './pod-objects.ts';
import { kubernetesTime } from './timestamps.ts';

/** From made to running: scheduling and the start of the container, in no time to speak of. */
const startMs = 1;
/** The exit code of a container that obeys SIGTERM. */
const terminatedExitCode = 143;
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;

/** Calls about pods, each after the pod's new version was stored; `gone`: the pod is no longer there. */
export interface PodEvents {
  running(pod: KubernetesObject, at: number): void;
  ended(pod: KubernetesObject, at: number): void;
  gone(pod: KubernetesObject, at: number): void;
}

export interface KubeletDeps {
  store: ObjectStore;
  agenda: Agenda;
  random: Random;
  /** How long a running pod takes to go after its deletion. */
  terminationMs: number;
  events: PodEvents;
}

export class Kubelet {
  readonly #deps: KubeletDeps;

  constructor(deps: KubeletDeps) {
    this.#deps = deps;
  }

  /** Makes a pod of the workload that runs in a moment and ends its duration after `countsFrom`. */
  make(workload: KubernetesObject, wish: PodWish, fate: Fate, countsFrom: number, at: number): KubernetesObject {
    const { store, agenda, random } = this.#deps;
    const named = { ...wish, name: wish.name ?? this.#freeName(workload) };
    const pod = store.put(podsResource, pendingPod(workload, named, random.uuid(at), at));
    const runsAt = at + startMs;
    agenda.at(runsAt, (now) => this.#run(pod, now));
    agenda.at(Math.max(runsAt, countsFrom + fate.durationMs), (now) => this.#end(pod, fate.exitCode, now));
    return pod;
  }

  /** Deletes a pod: at once when it has ended, else after its termination. A second deletion changes nothing. */
  terminate(pod: KubernetesObject, at: number): void {
    const { store, agenda, terminationMs } = this.#deps;
    const current = this.#current(pod);
    if (!current || current.metadata.deletionTimestamp !== undefined) return;
    if (current.status === undefined || isEnded(current)) {
      this.#remove(current, at);
      return;
    }
    const metadata = { ...current.metadata, deletionTimestamp: kubernetesTime(at) };
    store.put(podsResource, { ...current, metadata });
    agenda.at(at + terminationMs, (now) => {
      const last = this.#current(pod);
      if (last) this.#remove(endedPod(last, terminatedExitCode, now), now);
    });
  }

  /** The pods that this very workload owns. */
  podsOf(job: KubernetesObject): KubernetesObject[] {
    const pods = this.#deps.store.ofJob(podsResource, job.metadata.namespace ?? '', job.metadata.name);
    return pods.filter((pod) => pod.metadata.ownerReferences?.[0]?.uid === job.metadata.uid);
  }

  #run(pod: KubernetesObject, at: number): void {
    const current = this.#live(pod);
    if (!current) return;
    this.#deps.events.running(this.#deps.store.put(podsResource, runningPod(current, at)), at);
  }

  #end(pod: KubernetesObject, exitCode: number, at: number): void {
    const current = this.#live(pod);
    if (!current) return;
    this.#deps.events.ended(this.#deps.store.put(podsResource, endedPod(current, exitCode, at)), at);
  }

  #remove(pod: KubernetesObject, at: number): void {
    this.#deps.store.remove(podsResource, pod);
    this.#deps.events.gone(pod, at);
  }

  /** The pod's newest version, unless it was deleted or replaced by another of its name. */
  #current(pod: KubernetesObject): KubernetesObject | undefined {
    const current = this.#deps.store.get(podsResource, pod.metadata.namespace ?? '', pod.metadata.name);
    return current?.metadata.uid === pod.metadata.uid ? current : undefined;
  }

  #live(pod: KubernetesObject): KubernetesObject | undefined {
    const current = this.#current(pod);
    return current?.metadata.deletionTimestamp === undefined ? current : undefined;
  }

  #freeName(job: KubernetesObject): string {
    const { store, random } = this.#deps;
    for (;;) {
      const letters = Array.from({ length: suffixLength }, () => letterAt(random.next()));
      const name = `${job.metadata.name}-${letters.join('')}`;
      if (!store.get(podsResource, job.metadata.namespace ?? '', name)) return name;
    }
  }
}

function letterAt(fraction: number): string {
  return suffixLetters[Math.floor(fraction * suffixLetters.length)] ?? 'x';
}
