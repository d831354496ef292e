// The chart and install.yaml, as far as they can be judged without helm: their rights are those of deploy/rbac, their
// versions those of the package, their values all described. test/cluster/install.test.ts has helm and a cluster.
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import {
  installFile,
  type Rule,
  rightsFile,
  rightsOfFiles,
  rightsText,
  rulesIn,
  valuesSchemaFile,
  valuesSchemaText,
} from '../support/manifests.ts';
import { readRepositoryFile, repositoryFiles } from '../support/repository.ts';

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: Rule[];
  roleRef?: { name: string };
  subjects?: object[];
  spec?: { template?: { spec?: { containers: Array<{ image: string }> } } };
}

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

const { version } = JSON.parse(readRepositoryFile('package.json')) as { version: string };
const manifests = parseAllDocuments(readRepositoryFile(installFile)).map((one) => one.toJS() as Manifest);
const valuesText = readRepositoryFile('deploy/helm/kubejobs/values.yaml');

describe('the chart', () => {
  it('has the version of the package, and runs it', () => {
    expect(parse(readRepositoryFile('deploy/helm/kubejobs/Chart.yaml'))).toMatchObject({
      version,
      appVersion: version,
    });
    const images = manifests.flatMap(({ spec }) => spec?.template?.spec?.containers.map(({ image }) => image) ?? []);
    expect(images).toEqual([`kubejobs:${version}`]);
  });

  it('gives the rights of deploy/rbac: after a change there run `make manifests`', () => {
    expect(readRepositoryFile(rightsFile)).toBe(rightsText());
  });

  it('knows the options of serve: after a change there run `make manifests`', () => {
    expect(readRepositoryFile(valuesSchemaFile)).toBe(valuesSchemaText());
  });

  it('describes every value, and has a default for each that can be set', () => {
    const schema = JSON.parse(readRepositoryFile(valuesSchemaFile)) as Schema;
    const { global: _global, ...properties } = schema.properties ?? {};
    expect(leavesOf({ ...schema, properties }).sort()).toEqual(keysOf(parse(valuesText) as object, schema).sort());
  });

  it('refuses a value that it does not know, at every level', () => {
    const open = openObjects(JSON.parse(readRepositoryFile(valuesSchemaFile)) as Schema, '');
    const texts = ['annotations', 'labels', 'podAnnotations', 'podLabels', 'nodeSelector'];
    const ofKubernetes = ['affinity', 'requests', 'limits', 'jobTemplate', 'policy', 'global', ...texts];
    expect(open.filter((path) => !ofKubernetes.includes(path.split('.').at(-1) as string))).toEqual([]);
  });
});

describe('the rights in deploy/rbac', () => {
  it('are the same for one namespace and for all, in every file', () => {
    const files = repositoryFiles('deploy/rbac/*-cluster.yaml');
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) expect(rulesIn(path), path).toEqual(rulesIn(path.replace('-cluster', '')));
  });

  it('are given by install.yaml to the account of kubejobs, where jobs run and nowhere else', () => {
    const rights = rightsOfFiles();
    const roles = manifests.filter(({ kind }) => kind.endsWith('Role'));
    const given = roles.map(({ kind, metadata, rules }) => [kind, metadata.namespace, fileOf(metadata.name), rules]);
    const names = ['namespace', 'health', 'podgroup', 'results', 'jobset'];
    const expected = names.map((name) => ['Role', 'kubejobs-jobs', name, rights[name]]);
    expect(given.sort()).toEqual(
      [...expected, ['ClusterRole', undefined, 'jobset-lookups', rights['jobset-lookups']]].sort(),
    );
    const bindings = manifests.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bindings.map(({ roleRef }) => roleRef?.name).sort()).toEqual(
      roles.map(({ metadata }) => metadata.name).sort(),
    );
    const account = { kind: 'ServiceAccount', name: 'kubejobs', namespace: 'kubejobs' };
    for (const { subjects } of bindings) expect(subjects).toEqual([account]);
  });

  it('come without a Secret in install.yaml: a token that everybody can read is none', () => {
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
  });
});

function fileOf(role: string): string {
  return role.replace(/^kubejobs-kubejobs/, 'kubejobs').replace(/^kubejobs-?/, '') || 'namespace';
}

/** Paths of what has no properties of its own. */
function leavesOf(schema: Schema, path = ''): string[] {
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0 || path === '.options') return [path];
  return entries.flatMap(([name, property]) => leavesOf(property, `${path}.${name}`));
}

function keysOf(values: object, schema: Schema | undefined, path = ''): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const inner = schema?.properties?.[name];
    const deeper = inner?.properties !== undefined && name !== 'options' && typeof value === 'object';
    return deeper ? keysOf(value as object, inner, `${path}.${name}`) : [`${path}.${name}`];
  });
}

function openObjects(schema: Schema, path: string): string[] {
  const own = schema.type === 'object' && schema.additionalProperties !== false ? [path] : [];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => openObjects(one, `${path}.${name}`));
  return [...own, ...inner];
}
