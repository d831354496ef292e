// The account that a kubejobs under test speaks as: one of its own, with the rights that deploy/rbac gives and no other.
// Only names are changed in the manifests, so that queues of one cluster do not share their rights; whatever a test asks
// of the cluster itself it asks as the administrator.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { readRepositoryFile } from '../../support/repository.ts';
import type { Kubectl } from '../harness/kubectl.ts';

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: Array<{ apiGroups: string[]; resources: string[]; verbs: string[] }>;
  roleRef?: { name: string };
  subjects?: Array<{ name: string; namespace: string }>;
}

export interface AccountOptions {
  kubectl: Kubectl;
  /** A kubeconfig of the administrator; only its user is replaced. */
  kubeconfigPath: string;
  /** Where the account lives; made if it is not there. */
  namespace: string;
  /** Where jobs may go beside that; `*` is anywhere. */
  others: readonly string[];
  /** For the account's kubeconfig. */
  folder: string;
  /** In its namespace, beside those that everybody needs. */
  rights?: readonly Additional[];
}

/** Rights that only some need. */
export type Additional =
  | 'pytorchjobs'
  | 'health'
  | 'results'
  | 'results-ttl'
  | 'podgroup'
  | 'jobset'
  | 'jobset-lookups';

/** The documents of a file of deploy/rbac. */
export function rightsManifests(file: 'account' | 'namespace' | 'cluster' | Additional): Manifest[] {
  const documents = parseAllDocuments(readRepositoryFile(`deploy/rbac/${file}.yaml`));
  return documents.map((document) => document.toJS() as Manifest);
}

/** Makes the account with its rights and gives the path of a kubeconfig that speaks as it. */
export async function accountWithRights(options: AccountOptions): Promise<string> {
  const { kubectl, namespace, folder, rights = [] } = options;
  const more = rights.flatMap((file) => grantedIn(namespace, file));
  const items = [...renamed(rightsManifests('account'), namespace), ...rightsOf(options), ...more];
  await kubectl.withInput({ apiVersion: 'v1', kind: 'List', items }, 'create', '-f', '-');
  const token = await kubectl('create', 'token', 'kubejobs', '-n', namespace, '--duration=24h');
  const file = join(folder, 'kubeconfig');
  writeFileSync(file, JSON.stringify(spokenAs(options.kubeconfigPath, token.trim())), { mode: 0o600 });
  return file;
}

function rightsOf({ namespace, others }: AccountOptions): Manifest[] {
  if (others.includes('*')) return renamed(rightsManifests('cluster'), namespace);
  return [namespace, ...others].flatMap((where) =>
    renamed(rightsManifests('namespace'), namespace).map((manifest) => ({
      ...manifest,
      metadata: { ...manifest.metadata, namespace: where },
    })),
  );
}

/** Rights to PyTorchJobs for the account of this namespace, in it alone. */
export function grantPyTorchJobs(kubectl: Kubectl, namespace: string): Promise<void> {
  return grant('pytorchjobs', kubectl, namespace);
}

/** The rights of this file for the account of this namespace, in it alone where they can be. */
export async function grant(file: 'namespace' | Additional, kubectl: Kubectl, namespace: string): Promise<void> {
  const items = grantedIn(namespace, file);
  await kubectl.withInput({ apiVersion: 'v1', kind: 'List', items }, 'create', '-f', '-');
}

function grantedIn(namespace: string, file: 'namespace' | Additional): Manifest[] {
  return renamed(rightsManifests(file), namespace).map((manifest) =>
    manifest.kind.startsWith('Cluster') ? manifest : { ...manifest, metadata: { ...manifest.metadata, namespace } },
  );
}

/** The account is `<namespace>/kubejobs` instead of `kubejobs/kubejobs`, and what it is given has a name of its own. */
function renamed(manifests: readonly Manifest[], namespace: string): Manifest[] {
  return manifests.map((manifest) => {
    const { kind, metadata, roleRef, subjects } = manifest;
    const own = `${metadata.name}-${namespace}`;
    if (kind === 'Namespace') return { ...manifest, metadata: { name: namespace } };
    if (kind === 'ServiceAccount') return { ...manifest, metadata: { ...metadata, namespace } };
    return {
      ...manifest,
      metadata: { ...metadata, name: own },
      ...(roleRef && { roleRef: { ...roleRef, name: own } }),
      ...(subjects && { subjects: subjects.map((subject) => ({ ...subject, namespace })) }),
    };
  });
}

/** Takes away what is not deleted with the account's namespace. */
export async function removeRights(kubectl: Kubectl, namespace: string): Promise<void> {
  const names = [`kubejobs-${namespace}`, `kubejobs-jobset-lookups-${namespace}`];
  await kubectl('delete', 'clusterrolebinding,clusterrole', ...names, '--ignore-not-found');
}

/** The kubeconfig of the file, with this token for its user. */
export function spokenAs(kubeconfigPath: string, token: string): object {
  const config = parse(readFileSync(kubeconfigPath, 'utf8')) as { users: Array<{ name: string; user: object }> };
  return { ...config, users: config.users.map(({ name }) => ({ name, user: { token } })) };
}
