// The headless Service behind the pods' names: one for the whole JobSet, made when DNS hostnames are on and it is missing,
// also when somebody deleted it. Pure.
import type { KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetLabels } from '../../../pkg/models/index.ts';
import { ownerReference } from './owner.ts';
import type { JobSetRecord } from './records.ts';

export const servicesResource: Resource = { group: '', version: 'v1', plural: 'services', kind: 'Service' };

export function headlessService(jobSet: JobSetRecord): KubernetesObject {
  const { namespace, name, network } = jobSet;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: network.subdomain, namespace, ownerReferences: [ownerReference(jobSet)] },
    spec: {
      clusterIP: 'None',
      selector: { [jobSetLabels.jobSetName]: name },
      publishNotReadyAddresses: network.publishNotReadyAddresses,
    },
  };
}
