// Whether the admission policies of JobSets act yet, which takes the API server some seconds: it is asked to create JobSets
// that they refuse or change, without storing anything. The last policy of either kind stands for those before it, since an
// API server learns of them in the order in which they were made.
import type { ApiResult, Cluster, KubernetesObject } from '../../pkg/kubernetes/cluster.ts';
import { list } from '../../pkg/kubernetes/conditions.ts';
import { jobSetsResource } from '../../pkg/kubernetes/jobset-installation.ts';
import { fields } from '../../pkg/kubernetes/pod-template.ts';
import {
  failurePolicyRuleName,
  type JobSetSpec,
  jobSetApiVersion,
  jobSetKind,
  type ReplicatedJobTemplate,
} from '../../pkg/models/index.ts';

export interface Probe {
  /** The name of the policy. */
  policy: string;
  spec: JobSetSpec;
  acts(result: ApiResult<KubernetesObject>): boolean;
}

const policySuffix = '.kubejobs.io';
const template: ReplicatedJobTemplate = {
  spec: { template: { spec: { containers: [{ name: 'probe', image: 'probe' }] } } },
};
const replicatedJobs = [{ name: 'probe', template }];

function refusing(name: string, spec: JobSetSpec): Probe {
  const policy = `${name}${policySuffix}`;
  return { policy, spec, acts: (result) => result.outcome === 'refused' && result.message.includes(policy) };
}

export const jobSetProbes: readonly Probe[] = [
  refusing('jobset-names', { replicatedJobs: [{ name: 'no-name-'.repeat(8), template }] }),
  refusing('jobset-references', {
    replicatedJobs,
    successPolicy: { operator: 'All', targetReplicatedJobs: ['nobody'] },
  }),
  {
    policy: `jobset-rule-names${policySuffix}`,
    spec: { replicatedJobs, failurePolicy: { rules: [{ action: 'FailJobSet' }] } },
    acts(result) {
      if (result.outcome !== 'ok') return false;
      const [rule] = list(fields(fields(result.value.spec).failurePolicy).rules);
      return rule?.name === failurePolicyRuleName(0);
    },
  },
];

const namespace = 'default';
const patienceMs = 10_000;

export function ask(cluster: Cluster, { spec }: Probe, name: string): Promise<ApiResult<KubernetesObject>> {
  const object = { apiVersion: jobSetApiVersion, kind: jobSetKind, metadata: { name, namespace }, spec };
  return cluster.create(jobSetsResource, object, { dryRun: true, timeoutMs: patienceMs });
}
