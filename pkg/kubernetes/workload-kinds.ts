// The kinds of workload that kubejobs runs, and all that is different about them: where the API server keeps them, where
// their pod templates and their deadline are, and which of their own conditions say that they are finished. One entry a
// kind; who creates, deletes or watches workloads asks here and knows no kind itself. Pure.
// https://kubernetes.io/docs/concepts/workloads/controllers/job/
// https://www.kubeflow.org/docs/components/trainer/legacy-v1/user-guides/pytorch/
import { isManifestKind, type ManifestKind, type WorkloadKind } from '../models/index.ts';
import { jobsResource, type KubernetesObject, pytorchJobsResource, type Resource } from './cluster.ts';
import { type Condition, conditionOf } from './conditions.ts';
import { fields } from './pod-template.ts';

type Fields = Record<string, unknown>;

/** What the object itself says of its end. */
export interface WorkloadState {
  complete: boolean;
  /** Why it failed; the reason is `DeadlineExceeded` when it was the object's own deadline. */
  failed?: Condition;
  suspended: boolean;
}

export interface KindRules {
  resource: Resource;
  /** The spec with each of its pod templates changed. */
  withPods(spec: Fields, change: (template: Fields) => Fields): Fields;
  /** The spec with this deadline, unless its own is shorter. */
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

const rulesByKind: Readonly<Record<ManifestKind, KindRules>> = { Job: job, PyTorchJob: pytorchJob };

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

function failedOf(failed: Condition | undefined): { failed?: Condition } {
  return failed ? { failed } : {};
}

/** The operator has one reason for every failure (v1.9: PyTorchJobFailed) and tells its deadline in words. */
function namedDeadline(failed: Condition | undefined): Condition | undefined {
  const ofDeadline = /active longer than specified deadline/.test(failed?.message ?? '');
  return ofDeadline ? { ...failed, reason: 'DeadlineExceeded' } : failed;
}
