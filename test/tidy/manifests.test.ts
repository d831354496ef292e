// The rights that kubejobs asks for: the same in the manifests and in docs/rights.md, and none that reach further.
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile } from '../support/repository.ts';

interface Manifest {
  kind: string;
  rules?: Array<{ apiGroups: string[]; resources: string[]; verbs: string[] }>;
  subjects?: object[];
}

const documentsOf = (file: string): Manifest[] =>
  parseAllDocuments(readRepositoryFile(file)).map((document) => document.toJS() as Manifest);
const inNamespace = documentsOf('deploy/rbac/namespace.yaml');
const inCluster = documentsOf('deploy/rbac/cluster.yaml');
const role = inNamespace.find(({ kind }) => kind === 'Role');

describe('the rights in deploy/rbac', () => {
  it('are those that docs/rights.md shows', () => {
    const shown = fencedBlocks(readRepositoryFile('docs/rights.md'))
      .filter(({ language, text }) => language === 'yaml' && text.includes('kind: Role'))
      .map(({ text }) => parse(text) as unknown);
    expect(shown).toEqual([role]);
  });

  it('are the same for one namespace and for all', () => {
    expect(inCluster.find(({ kind }) => kind === 'ClusterRole')?.rules).toEqual(role?.rules);
    const subjectsOf = (all: Manifest[]) => all.find(({ kind }) => kind.endsWith('Binding'))?.subjects;
    expect(subjectsOf(inCluster)).toEqual(subjectsOf(inNamespace));
  });

  it('are for Jobs, pods with their logs, and events alone, without wildcards, and change Jobs alone', () => {
    for (const { apiGroups, resources, verbs } of role?.rules ?? []) {
      expect(['batch/jobs', '/pods', '/pods/log', '/events']).toContain(`${apiGroups.join()}/${resources.join()}`);
      expect([...apiGroups, ...resources, ...verbs]).not.toContain('*');
      if (!resources.includes('jobs'))
        expect(verbs.filter((verb) => !['get', 'list', 'watch'].includes(verb))).toEqual([]);
    }
    expect(role?.rules).toHaveLength(4);
  });

  it('to PyTorchJobs are apart, the same for one namespace and for all, and for nothing else', () => {
    const [inOne, inAll] = ['pytorchjobs', 'pytorchjobs-cluster'].map((file) =>
      documentsOf(`deploy/rbac/${file}.yaml`),
    );
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    const verbs = role?.rules?.find(({ resources }) => resources.includes('jobs'))?.verbs;
    for (const documents of [inOne, inAll]) {
      expect(documents?.[0]?.rules).toEqual([{ apiGroups: ['kubeflow.org'], resources: ['pytorchjobs'], verbs }]);
      expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
    }
  });

  it('to the health of JobSets and PyTorchJobs are apart, the same for one namespace and for all, and only to look', () => {
    const [inOne, inAll] = ['health', 'health-cluster'].map((file) => documentsOf(`deploy/rbac/${file}.yaml`));
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    for (const documents of [inOne, inAll]) {
      expect(documents?.[0]?.rules).toEqual([
        { apiGroups: ['jobset.x-k8s.io'], resources: ['jobsets'], verbs: ['list', 'watch'] },
        { apiGroups: ['kubeflow.org'], resources: ['pytorchjobs'], verbs: ['list', 'watch'] },
      ]);
      expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
    }
  });

  it('to saved results are apart, the same for one namespace and for all, and reach no Secret', () => {
    const [inOne, inAll] = ['results', 'results-cluster'].map((file) => documentsOf(`deploy/rbac/${file}.yaml`));
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    expect(inAll?.[0]?.rules).toEqual(inOne?.[0]?.rules);
    expect(inOne?.[0]?.rules).toEqual([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get', 'delete'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['patch'] },
    ]);
    for (const documents of [inOne, inAll]) expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
  });

  it('to JobSets are apart, the same for one namespace and for all, and change nothing but Jobs and what is said of JobSets', () => {
    const [inOne, inAll] = ['jobset', 'jobset-cluster'].map((file) => documentsOf(`deploy/rbac/${file}.yaml`));
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    expect(inAll?.[0]?.rules).toEqual(inOne?.[0]?.rules);
    const rights = (inOne?.[0]?.rules ?? []).flatMap(({ resources, verbs }) =>
      resources.map((resource) => `${resource}: ${verbs.join(' ')}`),
    );
    expect(rights).toEqual([
      'jobsets: create get list watch delete',
      'jobsets/status: patch',
      'jobsets/finalizers: update',
      'jobs: patch',
      'jobs/status: patch',
      'services: create list watch',
      'events: create',
    ]);
    const lookups = documentsOf('deploy/rbac/jobset-lookups.yaml');
    for (const { verbs } of lookups[0]?.rules ?? []) expect(['get', 'list']).toEqual(expect.arrayContaining(verbs));
    for (const documents of [inOne, inAll, lookups]) expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
  });

  it('to find old results are apart, the same for one namespace and for all, and only list ConfigMaps', () => {
    const [inOne, inAll] = ['results-ttl', 'results-ttl-cluster'].map((file) =>
      documentsOf(`deploy/rbac/${file}.yaml`),
    );
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    for (const documents of [inOne, inAll]) {
      expect(documents?.[0]?.rules).toEqual([{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
      expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
    }
  });

  it('to groups of pods are apart, the same for one namespace and for all, and make nothing but events', () => {
    const [inOne, inAll] = ['podgroup', 'podgroup-cluster'].map((file) => documentsOf(`deploy/rbac/${file}.yaml`));
    expect(inOne?.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding']);
    expect(inAll?.map(({ kind }) => kind)).toEqual(['ClusterRole', 'ClusterRoleBinding']);
    expect(inAll?.[0]?.rules).toEqual(inOne?.[0]?.rules);
    expect(inOne?.[0]?.rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs: ['get', 'patch'] },
      { apiGroups: ['jobset.x-k8s.io'], resources: ['jobsets'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['statefulsets'], verbs: ['get'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    ]);
    for (const documents of [inOne, inAll]) expect(documents?.[1]?.subjects).toEqual(inNamespace[1]?.subjects);
  });
});
