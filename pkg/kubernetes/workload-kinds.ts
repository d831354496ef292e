// The kinds of workload that kubejobs runs, and all that is different about them: where the API server keeps them, where
// their pod templates and their deadline are, and which of their own conditions say that they are finished. One entry a
// kind; who creates, deletes or watches workloads asks here and knows no kind itself. Pure.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/
// https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/
// https://jobset.sigs.k8s.io/docs/reference/jobset.v1alpha2/
import {
  isManifestKind,
  jobSetEventReasons,
  type ManifestKind,
  type ReplicatedJob,
  type WorkloadKind,
} from '../models/index.ts';
import { jobsResource, type KubernetesObject, pytorchJobsResource, type Resource } from './cluster.ts';
import { type Condition, conditionOf, list } from './conditions.ts';
import { jobSetsResource } from './jobset-installation.ts';
import { fields } from './pod-template.ts';

type Fields = Record<string, unknown>;

/** What the object itself says of its end. */
export interface WorkloadState {
  complete: boolean;
  /** Why it failed; the reason is `DeadlineExceeded` when it was the object's own deadline. */
  failed?: Condition;
  suspended: boolean;
  /** How often its controller has begun all of it anew; only of a kind that can be. */
  restarts?: number;
}

export interface KindRules {
  resource: Resource;
  /** The spec with each of its pod templates changed. */
  withPods(spec: Fields, change: (template: Fields) => Fields): Fields;
  /** The spec with this deadline, unless its own is shorter; unchanged for a kind that has none. */
  withDeadline(spec: Fields, seconds: number): Fields;
  stateOf(object: KubernetesObject): WorkloadState;
  /** The reason of the events in which its controller says that it cannot make a pod. */
  refusedPods: string;
  /** What to do where the API server does not have the kind; absent for a kind that every cluster has. */
  installation?: string;
}

const job: KindRules = {
  resource: jobsResource,
  withPods: (spec, change) => ({ ...spec, template: runOnce(change(fields(spec.template))) }),
  withDeadline: shortened,
  stateOf: ({ status, spec }) => ({
    complete: conditionOf(status, 'Complete', 'True') !== undefined,
    ...failedOf(conditionOf(status, 'Failed', 'True')),
    suspended: fields(spec).suspend === true,
  }),
  refusedPods: 'FailedCreate',
};

const pytorchJob: KindRules = {
  resource: pytorchJobsResource,
  withPods(spec, change) {
    const replicas = Object.entries(fields(spec.pytorchReplicaSpecs)).map(([type, replica]) => {
      return [type, { ...fields(replica), template: change(fields(fields(replica).template)) }];
    });
    return { ...spec, pytorchReplicaSpecs: Object.fromEntries(replicas) };
  },
  withDeadline: (spec, seconds) => ({ ...spec, runPolicy: shortened(fields(spec.runPolicy), seconds) }),
  stateOf: ({ status, spec }) => ({
    complete: conditionOf(status, 'Succeeded', 'True') !== undefined,
    ...failedOf(namedDeadline(conditionOf(status, 'Failed', 'True'))),
    suspended: fields(fields(spec).runPolicy).suspend === true,
  }),
  refusedPods: 'FailedCreatePod',
  installation:
    'install the Kubeflow training operator (kubectl apply --server-side -k ' +
    '"github.com/kubeflow/training-operator.git/manifests/overlays/standalone?ref=v1.9.3") and submit the job again',
};

const jobSet: KindRules = {
  resource: jobSetsResource,
  withPods(spec, change) {
    const replicatedJobs = list(spec.replicatedJobs).map((each) => {
      const template = fields(each.template);
      const job = fields(template.spec);
      return { ...each, template: { ...template, spec: { ...job, template: change(fields(job.template)) } } };
    });
    return { ...spec, replicatedJobs };
  },
  // It has no deadline. One in its templates would be each Job's own: it would begin anew with every restart, and its end
  // would be a failure that the failure policy may answer with a restart. So the queue alone ends what is too slow.
  withDeadline: (spec) => spec,
  stateOf: ({ status, spec }) => ({
    complete: conditionOf(status, 'Completed', 'True') !== undefined,
    ...failedOf(conditionOf(status, 'Failed', 'True')),
    suspended: fields(spec).suspend === true,
    restarts: restartsOf(status),
  }),
  refusedPods: jobSetEventReasons.jobRefused,
  installation:
    'kubejobs install crds puts them there, and the controller jobset of --controllers runs them; then submit the job again',
};

const rulesByKind: Readonly<Record<ManifestKind, KindRules>> = { Job: job, JobSet: jobSet, PyTorchJob: pytorchJob };

/** Throws for a kind that kubejobs does not run. */
export function rulesOfKind(kind: WorkloadKind | string): KindRules {
  if (!isManifestKind(kind)) throw new Error(`kubejobs does not run a ${kind}`);
  return rulesByKind[kind];
}

/** Only a missing restart policy is added: Kubernetes would fill in one that a Job may not have. */
function runOnce(template: Fields): Fields {
  const spec = fields(template.spec);
  return { ...template, spec: { ...spec, restartPolicy: spec.restartPolicy ?? 'Never' } };
}

function shortened(policy: Fields, seconds: number): Fields {
  const { activeDeadlineSeconds: own } = policy;
  return { ...policy, activeDeadlineSeconds: typeof own === 'number' ? Math.min(own, seconds) : seconds };
}

/** Whoever wrote the status: a count and nothing else. */
function restartsOf(status: unknown): number {
  const { restarts } = fields(status);
  return Number.isSafeInteger(restarts) && Number(restarts) > 0 ? Number(restarts) : 0;
}

/** The replicated jobs of a JobSet's spec as far as they make sense, with the defaults that names and counts have. */
export function replicatedJobsOf(
  spec: Fields,
): Array<Pick<ReplicatedJob, 'name'> & { replicas: number; pods: number }> {
  return list(spec.replicatedJobs).map(({ name, replicas, template }) => {
    const { completions, parallelism } = fields(fields(template).spec);
    return {
      name: typeof name === 'string' ? name : '',
      replicas: countOf(replicas),
      pods: countOf(completions ?? parallelism),
    };
  });
}

function countOf(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 1;
}

function failedOf(failed: Condition | undefined): { failed?: Condition } {
  return failed ? { failed } : {};
}

/** The operator has one reason for every failure (v1.9: PyTorchJobFailed) and tells its deadline in words. */
function namedDeadline(failed: Condition | undefined): Condition | undefined {
  const ofDeadline = /active longer than specified deadline/.test(failed?.message ?? '');
  return ofDeadline ? { ...failed, reason: 'DeadlineExceeded' } : failed;
}
