// The simulated JobSet controller: gives a JobSet the pods of all its Jobs, restarts it as often as its failure policy lets
// it, and writes its conditions. The Jobs between are not played, nor are dependsOn, the startup order and the rules of the
// failure policy: all pods start at once, and any that fails is a restart, or the end. Their fate is fixed, so one that
// failed fails again.
// https://jobset.sigs.k8s.io/docs/concepts/
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetsResource } from '../../../pkg/kubernetes/jobset-installation.ts';
import { replicatedJobsOf, rulesOfKind } from '../../../pkg/kubernetes/workload-kinds.ts';
import { type JobSetSpec, type JobSetStatus, jobSetLabels, jobSetReasons } from '../../../pkg/models/index.ts';
import type { Agenda } from './agenda.ts';
import { fateOf } from './fate.ts';
import type { PodTemplate } from './job-spec.ts';
import type { Kubelet } from './kubelet.ts';
import type { ObjectStore } from './object-store.ts';
import { podStatusOf } from './pod-objects.ts';
import { kubernetesTime } from './timestamps.ts';
import type { WorkloadController } from './workload-controller.ts';

/** From the JobSet's creation to its first pod. */
const reactionMs = 1;

export interface SimulatedJobSetsDeps {
  store: ObjectStore;
  agenda: Agenda;
  kubelet: Kubelet;
  durationMs: number;
}

export class SimulatedJobSets implements WorkloadController {
  readonly #deps: SimulatedJobSetsDeps;
  /** By uid, of those that are not finished: how often they were restarted. */
  readonly #restarts = new Map<string, number>();

  constructor(deps: SimulatedJobSetsDeps) {
    this.#deps = deps;
  }

  admit(jobSet: KubernetesObject, dispatchedAt: number): void {
    this.#deps.agenda.at(dispatchedAt + reactionMs, (at) => this.#start(jobSet, dispatchedAt, at));
  }

  forget(jobSet: KubernetesObject): void {
    this.#restarts.delete(jobSet.metadata.uid ?? '');
  }

  deleting(jobSet: KubernetesObject): void {
    this.forget(jobSet);
  }

  running(): void {}

  ended(pod: KubernetesObject, at: number): void {
    const jobSet = this.#unfinishedOf(pod);
    if (!jobSet) return;
    if (podStatusOf(pod).phase === 'Failed') this.#failed(jobSet, pod, at);
    else if (this.#isSuccessful(jobSet)) this.#finish(jobSet, 'Completed', 'jobset completed successfully', at);
  }

  /** A pod that goes before it has ended counts as failed. */
  gone(pod: KubernetesObject, at: number): void {
    const jobSet = this.#unfinishedOf(pod);
    if (jobSet && podStatusOf(pod).phase === 'Failed') this.#failed(jobSet, pod, at);
  }

  #start(admitted: KubernetesObject, dispatchedAt: number, at: number): void {
    const current = this.#current(admitted);
    if (!current || current.metadata.deletionTimestamp !== undefined) return;
    if (rulesOfKind('JobSet').stateOf(current).suspended) return;
    this.#restarts.set(current.metadata.uid ?? '', 0);
    this.#makePods(current, 0, dispatchedAt, at);
  }

  #makePods(jobSet: KubernetesObject, restarts: number, countsFrom: number, at: number): void {
    const templates = specOf(jobSet).replicatedJobs ?? [];
    for (const [index, { name, replicas, pods }] of replicatedJobsOf(jobSet.spec ?? {}).entries()) {
      const template = templates[index]?.template.spec.template as PodTemplate;
      const fate = fateOf(jobSet, template, this.#deps.durationMs);
      for (let job = 0; job < replicas; job += 1) {
        const labels = labelsOf(jobSet, name, job, restarts);
        for (let pod = 0; pod < pods; pod += 1) {
          const wish = { name: `${jobSet.metadata.name}-${name}-${job}-${pod}-r${restarts}`, template, labels };
          this.#deps.kubelet.make(jobSet, wish, fate, countsFrom, at);
        }
      }
    }
  }

  #failed(jobSet: KubernetesObject, pod: KubernetesObject, at: number): void {
    const restarts = this.#restarts.get(jobSet.metadata.uid ?? '') ?? 0;
    const { maxRestarts = 0 } = specOf(jobSet).failurePolicy ?? {};
    const before = this.#deps.kubelet.podsOf(jobSet);
    if (restarts >= maxRestarts) {
      const message = `jobset failed due to one or more job failures (first failed pod: ${pod.metadata.name})`;
      this.#finish(jobSet, 'Failed', message, at);
      return;
    }
    this.#restarts.set(jobSet.metadata.uid ?? '', restarts + 1);
    const counts = { restarts: restarts + 1, restartsCountTowardsMax: restarts + 1 };
    const restarted = this.#write(jobSet, counts);
    for (const old of before) this.#deps.kubelet.terminate(old, at);
    this.#makePods(restarted, restarts + 1, at, at);
  }

  #isSuccessful(jobSet: KubernetesObject): boolean {
    const { operator = 'All', targetReplicatedJobs = [] } = specOf(jobSet).successPolicy ?? {};
    const all = replicatedJobsOf(jobSet.spec ?? {});
    const targets = all.filter(({ name }) => targetReplicatedJobs.length === 0 || targetReplicatedJobs.includes(name));
    const done = this.#successfulPods(jobSet);
    const jobs = targets.flatMap(({ name, replicas, pods }) =>
      Array.from({ length: replicas }, (_, job) => (done.get(`${name}/${job}`) ?? 0) >= pods),
    );
    return operator === 'Any' ? jobs.some(Boolean) : jobs.every(Boolean);
  }

  /** By `<replicated job>/<job index>`. */
  #successfulPods(jobSet: KubernetesObject): Map<string, number> {
    const counts = new Map<string, number>();
    for (const pod of this.#deps.kubelet.podsOf(jobSet)) {
      if (podStatusOf(pod).phase !== 'Succeeded' || this.#unfinishedOf(pod) === undefined) continue;
      const { labels = {} } = pod.metadata;
      const job = `${labels[jobSetLabels.replicatedJobName]}/${labels[jobSetLabels.jobIndex]}`;
      counts.set(job, (counts.get(job) ?? 0) + 1);
    }
    return counts;
  }

  #finish(jobSet: KubernetesObject, type: 'Completed' | 'Failed', message: string, at: number): void {
    this.forget(jobSet);
    const reason = type === 'Completed' ? jobSetReasons.completed : jobSetReasons.failedJobs;
    const condition = { type, status: 'True' as const, reason, message, lastTransitionTime: kubernetesTime(at) };
    const finished = this.#write(jobSet, { conditions: [condition], terminalState: type });
    for (const pod of this.#deps.kubelet.podsOf(finished)) {
      if (podStatusOf(pod).phase === 'Running' || podStatusOf(pod).phase === 'Pending')
        this.#deps.kubelet.terminate(pod, at);
    }
  }

  #write(jobSet: KubernetesObject, status: JobSetStatus): KubernetesObject {
    const current = this.#current(jobSet) ?? jobSet;
    return this.#deps.store.put(jobSetsResource, { ...current, status: { ...current.status, ...status } });
  }

  /** Only for a pod since its last restart. */
  #unfinishedOf({ metadata }: KubernetesObject): KubernetesObject | undefined {
    const { name = '', uid = '' } = metadata.ownerReferences?.[0] ?? {};
    const restarts = this.#restarts.get(uid);
    if (restarts === undefined || metadata.labels?.[jobSetLabels.restartAttempt] !== String(restarts)) return undefined;
    return this.#deps.store.get(jobSetsResource, metadata.namespace ?? '', name);
  }

  #current({ metadata }: KubernetesObject): KubernetesObject | undefined {
    const current = this.#deps.store.get(jobSetsResource, metadata.namespace ?? '', metadata.name);
    return current?.metadata.uid === metadata.uid ? current : undefined;
  }
}

/** Only for a JobSet that passed validation. */
function specOf(jobSet: KubernetesObject): JobSetSpec {
  return jobSet.spec as JobSetSpec;
}

function labelsOf({ metadata }: KubernetesObject, name: string, job: number, restarts: number): Record<string, string> {
  return {
    [jobSetLabels.jobSetName]: metadata.name,
    [jobSetLabels.jobSetUid]: metadata.uid ?? '',
    [jobSetLabels.replicatedJobName]: name,
    [jobSetLabels.jobIndex]: String(job),
    [jobSetLabels.restartAttempt]: String(restarts),
  };
}
