// Whether this cluster's JobSets are ours to run: its CRD carries the mark of `kubejobs install crds`, and no webhook of
// another JobSet operator is there. Everything else is named as it was found, and left alone.
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import type { Discovery } from '../../../pkg/kubernetes/discovery.ts';
import { jobSetCrdName, managedCrdAnnotation } from '../../../pkg/models/index.ts';
import { jobSetsResource } from './records.ts';

export const grounds = ['ours', 'no_crd', 'foreign_crd', 'other_operator', 'unreadable'] as const;
export type Ground = (typeof grounds)[number];

export interface Finding {
  ground: Ground;
  /** What was found, and what to do about it; empty when all is well. */
  message: string;
}

const crdsResource: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
};

/** Of the operator's own manifests. */
const webhooks = ['Mutating', 'Validating'].map((type) => ({
  resource: {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: `${type.toLowerCase()}webhookconfigurations`,
    kind: `${type}WebhookConfiguration`,
  } satisfies Resource,
  name: `jobset-${type.toLowerCase()}-webhook-configuration`,
}));

type Reader = Pick<Cluster, 'get'> & Discovery;

export async function lookAtGround(cluster: Reader): Promise<Finding> {
  const served = await cluster.serves(jobSetsResource);
  if (served.outcome !== 'ok') return unreadable(served);
  if (!served.value)
    return { ground: 'no_crd', message: `there is no CRD ${jobSetCrdName}; kubejobs install crds makes it` };
  const crd = await cluster.get(crdsResource, '', jobSetCrdName);
  if (crd.outcome !== 'ok') return unreadable(crd);
  if (!isOurs(crd.value)) return foreign;
  for (const { resource, name } of webhooks) {
    const found = await cluster.get(resource, '', name);
    if (found.outcome === 'ok') return operator(resource.kind, name);
    if (found.outcome !== 'refused' || found.status !== 404) return unreadable(found);
  }
  return { ground: 'ours', message: '' };
}

const foreign: Finding = {
  ground: 'foreign_crd',
  message: `the CRD ${jobSetCrdName} is not the one that kubejobs install crds makes; its JobSets are left to whoever made it`,
};

function operator(kind: string, name: string): Finding {
  const message = `a JobSet operator is installed: it has the ${kind} ${name}; its JobSets are left to it`;
  return { ground: 'other_operator', message };
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[managedCrdAnnotation] === 'true';
}

function unreadable({ message }: Exclude<ApiResult<unknown>, { outcome: 'ok' }>): Finding {
  return { ground: 'unreadable', message: `the API server does not say whose JobSets are: ${message}` };
}
