// Whose JobSets a cluster has: nobody's yet, those of `kubejobs install crds`, or another operator's. Two controllers on one
// JobSet would undo each other's work, so ours keeps away from all that is not surely its own. It only looks.
import {
  jobSetCrdName,
  jobSetGroup,
  jobSetKind,
  jobSetPlural,
  jobSetVersion,
  managedCrdAnnotation,
} from '../models/index.ts';
import { isNotFound } from './answers.ts';
import type { ApiResult, Cluster, KubernetesObject, Resource } from './cluster.ts';
import { list, text } from './conditions.ts';
import { fields } from './pod-template.ts';

export const jobSetsResource: Resource = {
  group: jobSetGroup,
  version: jobSetVersion,
  plural: jobSetPlural,
  kind: jobSetKind,
};
export const definitionsResource: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
};
const webhookResources: readonly Resource[] = [
  ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'] as const,
  ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'] as const,
].map(([plural, kind]) => ({ group: 'admissionregistration.k8s.io', version: 'v1', plural, kind }));

/** The Service that the upstream operator's webhooks call; queues such as Kueue have webhooks for JobSets too. */
const operatorService = 'jobset-webhook-service';

export type JobSetInstallation =
  | { owner: 'nobody' }
  | { owner: 'kubejobs'; uid: string }
  /** `what` names the object, for people. */
  | { owner: 'another'; what: string };

/** Needs the rights to get the CustomResourceDefinition and to list webhook configurations. */
export async function jobSetInstallation(cluster: Cluster): Promise<ApiResult<JobSetInstallation>> {
  const definition = await jobSetDefinition(cluster);
  if (definition.outcome !== 'ok' || definition.value.owner === 'another') return definition;
  const webhooks = await operatorWebhooks(cluster);
  if (webhooks.outcome !== 'ok') return webhooks;
  return webhooks.value === undefined ? definition : another(webhooks.value);
}

/** Goes by the CustomResourceDefinition alone. */
export async function jobSetDefinition(cluster: Cluster): Promise<ApiResult<JobSetInstallation>> {
  const found = await cluster.get(definitionsResource, '', jobSetCrdName);
  if (isNotFound(found)) return { outcome: 'ok', value: { owner: 'nobody' } };
  if (found.outcome !== 'ok') return found;
  const { annotations = {}, uid = '' } = found.value.metadata;
  if (annotations[managedCrdAnnotation] === 'true') return { outcome: 'ok', value: { owner: 'kubejobs', uid } };
  return another(`the ${definitionsResource.kind} ${jobSetCrdName} without the annotation ${managedCrdAnnotation}`);
}

function another(what: string): ApiResult<JobSetInstallation> {
  return { outcome: 'ok', value: { owner: 'another', what } };
}

/** A webhook configuration of the upstream operator, for people; undefined when there is none. */
async function operatorWebhooks(cluster: Cluster): Promise<ApiResult<string | undefined>> {
  for (const resource of webhookResources) {
    const page = await cluster.list(resource, {});
    if (page.outcome !== 'ok') return page;
    const found = page.value.items.find(callsTheOperator);
    if (found) return { outcome: 'ok', value: `the ${resource.kind} ${found.metadata.name}` };
  }
  return { outcome: 'ok', value: undefined };
}

function callsTheOperator(configuration: KubernetesObject): boolean {
  const { webhooks } = fields(configuration);
  return list(webhooks).some(({ clientConfig }) => text(fields(fields(clientConfig).service).name) === operatorService);
}
