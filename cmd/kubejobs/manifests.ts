// The manifests that this package brings along, in deploy/.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject, Resource } from '../../pkg/kubernetes/cluster.ts';
import { definitionsResource } from '../../pkg/kubernetes/jobset-installation.ts';
import { packageFolder } from './package-folder.ts';

export interface Manifest {
  resource: Resource;
  object: KubernetesObject;
}

const files = ['jobsets.yaml', 'policies.yaml'] as const;

const admission = { group: 'admissionregistration.k8s.io', version: 'v1' };
const resources: readonly Resource[] = [
  definitionsResource,
  { ...admission, plural: 'validatingadmissionpolicies', kind: 'ValidatingAdmissionPolicy' },
  { ...admission, plural: 'validatingadmissionpolicybindings', kind: 'ValidatingAdmissionPolicyBinding' },
  { ...admission, plural: 'mutatingadmissionpolicies', kind: 'MutatingAdmissionPolicy' },
  { ...admission, plural: 'mutatingadmissionpolicybindings', kind: 'MutatingAdmissionPolicyBinding' },
];

/** The whole text, as YAML. */
export function crdManifestText(): string {
  return files.map((file) => readFileSync(join(packageFolder(), 'deploy', 'crds', file), 'utf8')).join('---\n');
}

/** In the order in which they are applied: the definition comes first. */
export function crdManifests(): Manifest[] {
  return parseAllDocuments(crdManifestText()).map((document) => {
    const object = document.toJS() as KubernetesObject;
    return { resource: resourceOf(object), object };
  });
}

function resourceOf({ kind }: KubernetesObject): Resource {
  const found = resources.find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`deploy/crds has a ${kind}, which cannot be installed`);
  return found;
}
