// The definition of JobSets and the models say the same, and the definition keeps what tools expect of it. That its Job
// template is the API server's is shown by test/cluster/jobset-crd.test.ts.
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import * as models from '../../pkg/models/jobset.ts';
import { readRepositoryFile } from '../support/repository.ts';

interface Schema {
  description?: string;
  enum?: string[];
  default?: unknown;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

interface Definition {
  metadata: { name: string; annotations: Record<string, string> };
  spec: {
    group: string;
    names: { kind: string; plural: string };
    versions: Array<{ name: string; schema: { openAPIV3Schema: Schema } }>;
  };
}

const text = readRepositoryFile('deploy/crds/jobsets.yaml');
const definition = parse(text) as Definition;
const [version] = definition.spec.versions;

/** By path; `[]` stands for the items of a list. */
function at(path: string): Schema {
  let schema = version?.schema.openAPIV3Schema as Schema;
  for (const name of path.split('.')) {
    const field = schema.properties?.[name.replace('[]', '')];
    if (field === undefined) throw new Error(`the definition has no ${path}`);
    schema = name.endsWith('[]') ? (field.items as Schema) : field;
  }
  return schema;
}

const job = 'spec.replicatedJobs[]';
const rule = 'spec.failurePolicy.rules[]';
const { jobSetDefaults: defaults } = models;

describe('the definition of JobSets', () => {
  it('has the names of the models, and the mark of kubejobs', () => {
    expect(definition.metadata.name).toBe(models.jobSetCrdName);
    expect(definition.metadata.annotations).toEqual({ [models.managedCrdAnnotation]: 'true' });
    expect(definition.spec).toMatchObject({
      ...{ group: models.jobSetGroup, names: { kind: models.jobSetKind, plural: models.jobSetPlural } },
      versions: [{ name: models.jobSetVersion }],
    });
  });

  it.each([
    ['spec.successPolicy.operator', models.successOperators],
    ['spec.failurePolicy.restartStrategy', models.restartStrategies],
    ['spec.startupPolicy.startupPolicyOrder', models.startupPolicyOrders],
    [`${rule}.action`, models.failurePolicyActions],
    [`${rule}.onJobFailureReasons[]`, models.jobFailureReasons],
    [`${job}.dependsOn[].status`, models.dependencyStatuses],
    [`${job}.template.spec.completionMode`, models.completionModes],
  ])('allows for %s what the models know', (path, values) => {
    expect(at(path).enum).toEqual([...values]);
  });

  it.each([
    ['spec.suspend', defaults.suspend],
    ['spec.network.enableDNSHostnames', defaults.enableDNSHostnames],
    ['spec.network.publishNotReadyAddresses', defaults.publishNotReadyAddresses],
    ['spec.successPolicy', { operator: defaults.successOperator }],
    ['spec.failurePolicy.maxRestarts', defaults.maxRestarts],
    ['spec.failurePolicy.restartStrategy', defaults.restartStrategy],
    ['spec.startupPolicy', { startupPolicyOrder: defaults.startupPolicyOrder }],
    [`${job}.groupName`, defaults.groupName],
    [`${job}.replicas`, defaults.replicas],
    [`${job}.template.spec.completionMode`, defaults.completionMode],
    [`${job}.template.spec.template.spec.restartPolicy`, defaults.podRestartPolicy],
  ])('fills in %s as the models say', (path, value) => {
    expect(at(path).default).toEqual(value);
  });

  it('has the bounds of the models', () => {
    expect(at('spec.managedBy').maxLength).toBe(models.longestManagedBy);
    expect(at(`${rule}.name`)).toMatchObject({ maxLength: models.longestRuleName, pattern: models.ruleNamePattern });
    expect(at(`${job}.dependsOn`).maxItems).toBe(models.longestDependsOn);
    for (const path of ['spec.network.subdomain', `${job}.groupName`])
      expect(at(path).maxLength).toBe(models.longestDnsLabel);
  });

  it('is small enough for plain kubectl apply, which keeps it in an annotation once more', () => {
    expect(JSON.stringify(definition).length).toBeLessThan(100_000);
    expect(JSON.stringify(at(`${job}.template`))).not.toContain('"description":');
  });
});

describe('the policies of JobSets', () => {
  it('each have a binding and refuse rather than let through', () => {
    const all = parseAllDocuments(readRepositoryFile('deploy/crds/policies.yaml')).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string }; spec: Record<string, unknown> },
    );
    const policies = all.filter(({ kind }) => kind.endsWith('Policy'));
    const bindings = all.filter(({ kind }) => kind.endsWith('PolicyBinding'));
    expect(policies.map(({ spec }) => spec.failurePolicy)).toEqual(policies.map(() => 'Fail'));
    expect(bindings.map(({ spec }) => spec.policyName)).toEqual(policies.map(({ metadata }) => metadata.name));
  });
});
