// A JobSet as the reconcile reads it: every default filled in, everything else left as it was written. The CRD's schema sees
// to the shapes; what it cannot see to is in checks.ts, and what makes no sense at all throws, for the informer to skip.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';
import { text } from '../../../pkg/kubernetes/conditions.ts';
import {
  type Coordinator,
  type DependsOn,
  type FailurePolicyRule,
  failurePolicyRuleName,
  type JobSet,
  type JobSetSpec,
  type JobSetStatus,
  jobSetDefaults,
  type ReplicatedJob,
  type ReplicatedJobTemplate,
  type RestartStrategy,
  type SuccessOperator,
} from '../../../pkg/models/index.ts';

export interface JobSetRecord {
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  /** Somebody deleted it, and it is not gone yet. */
  deleting: boolean;
  annotations: Readonly<Record<string, string>>;
  managedBy?: string;
  suspended: boolean;
  replicatedJobs: readonly ReplicatedJobRecord[];
  network: { enabled: boolean; subdomain: string; publishNotReadyAddresses: boolean };
  successPolicy: { operator: SuccessOperator; targets: readonly string[] };
  failurePolicy?: { maxRestarts: number; strategy: RestartStrategy; rules: readonly NamedRule[] };
  inOrder: boolean;
  coordinator?: Required<Coordinator>;
  ttlSeconds?: number;
  status: JobSetStatus;
}

export interface ReplicatedJobRecord {
  name: string;
  groupName: string;
  replicas: number;
  template: ReplicatedJobTemplate;
  dependsOn: readonly DependsOn[];
}

export type NamedRule = FailurePolicyRule & { name: string };

/** Throws for an object that makes no sense. */
export function jobSetRecord(object: KubernetesObject): JobSetRecord {
  const { metadata, spec = {}, status = {} } = object as unknown as Partial<JobSet> & Pick<JobSet, 'metadata'>;
  const uid = text(metadata.uid);
  if (uid === undefined) throw new Error('it has no metadata.uid');
  if (!Array.isArray(spec.replicatedJobs ?? [])) throw new Error('its spec.replicatedJobs is no list');
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid,
    resourceVersion: metadata.resourceVersion ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
    annotations: metadata.annotations ?? {},
    suspended: spec.suspend ?? jobSetDefaults.suspend,
    replicatedJobs: (spec.replicatedJobs ?? []).map(replicatedJobRecord),
    network: networkOf(spec, metadata.name),
    ...policiesOf(spec),
    ...(spec.managedBy === undefined ? {} : { managedBy: spec.managedBy }),
    ...(spec.ttlSecondsAfterFinished === undefined ? {} : { ttlSeconds: spec.ttlSecondsAfterFinished }),
    status,
  };
}

function replicatedJobRecord({ name, groupName, replicas, template, dependsOn }: ReplicatedJob): ReplicatedJobRecord {
  return {
    name,
    groupName: groupName || jobSetDefaults.groupName,
    replicas: replicas ?? jobSetDefaults.replicas,
    template,
    dependsOn: dependsOn ?? [],
  };
}

function networkOf({ network = {} }: JobSetSpec, name: string): JobSetRecord['network'] {
  return {
    enabled: network.enableDNSHostnames ?? jobSetDefaults.enableDNSHostnames,
    subdomain: network.subdomain || name,
    publishNotReadyAddresses: network.publishNotReadyAddresses ?? jobSetDefaults.publishNotReadyAddresses,
  };
}

type Policies = Pick<JobSetRecord, 'successPolicy' | 'failurePolicy' | 'inOrder' | 'coordinator'>;

function policiesOf({ successPolicy, failurePolicy, startupPolicy, coordinator }: JobSetSpec): Policies {
  return {
    successPolicy: {
      operator: successPolicy?.operator ?? jobSetDefaults.successOperator,
      targets: successPolicy?.targetReplicatedJobs ?? [],
    },
    ...(failurePolicy && {
      failurePolicy: {
        maxRestarts: failurePolicy.maxRestarts ?? jobSetDefaults.maxRestarts,
        strategy: failurePolicy.restartStrategy ?? jobSetDefaults.restartStrategy,
        rules: (failurePolicy.rules ?? []).map((rule, index) => ({
          ...rule,
          name: rule.name || failurePolicyRuleName(index),
        })),
      },
    }),
    inOrder: startupPolicy?.startupPolicyOrder === 'InOrder',
    ...(coordinator && {
      coordinator: {
        replicatedJob: coordinator.replicatedJob,
        jobIndex: coordinator.jobIndex ?? jobSetDefaults.jobIndex,
        podIndex: coordinator.podIndex ?? jobSetDefaults.podIndex,
      },
    }),
  };
}
