// What the API server refuses in a new object, in its own words, for the mistakes people make most.
// Far from complete: a real cluster is stricter, and the server's dry run there has the last word.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';

type Fields = Record<string, unknown>;

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
  'and must start and end with an alphanumeric character';
const counts = ['parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'];

export function metadataProblems(object: KubernetesObject): string[] {
  const { name, labels = {} } = object.metadata;
  const problems: string[] = [];
  if (!name) problems.push('metadata.name: Required value: name or generateName is required');
  else if (name.length > 253 || !subdomain.test(name)) {
    problems.push(`metadata.name: Invalid value: ${JSON.stringify(name)}: ${subdomainRule}`);
  }
  for (const value of Object.values(labels)) {
    if (typeof value === 'string' && value.length <= 63 && labelValue.test(value)) continue;
    problems.push(
      `metadata.labels: Invalid value: ${JSON.stringify(value)}: a valid label must be at most 63 characters`,
    );
  }
  return problems;
}

export function jobProblems(job: KubernetesObject): string[] {
  const spec = job.spec;
  if (!isFields(spec)) return ['spec.template: Required value'];
  return [...counts.flatMap((field) => countProblems(spec, field)), ...jobTemplateProblems(spec.template)];
}

function countProblems(spec: Fields, field: string): string[] {
  const value = spec[field];
  if (value === undefined || value === null) return [];
  const where = `spec.${field}: Invalid value: ${JSON.stringify(value)}`;
  if (!Number.isInteger(value)) return [`${where}: must be an integer`];
  return (value as number) < 0 ? [`${where}: must be greater than or equal to 0`] : [];
}

export function pytorchProblems(object: KubernetesObject): string[] {
  const where = 'spec.pytorchReplicaSpecs';
  const replicas = object.spec?.pytorchReplicaSpecs;
  if (!isFields(replicas) || Object.keys(replicas).length === 0) return [`${where}: Required value`];
  return Object.entries(replicas).flatMap(([type, replica]) => {
    return templateProblems(isFields(replica) ? replica.template : undefined, `${where}.${type}.template`);
  });
}

export function jobSetProblems(object: KubernetesObject): string[] {
  const where = 'spec.replicatedJobs';
  const replicatedJobs = object.spec?.replicatedJobs;
  if (!Array.isArray(replicatedJobs)) return [`${where}: Required value`];
  return replicatedJobs.flatMap((each: unknown, index) => {
    const job = isFields(each) && isFields(each.template) ? each.template.spec : undefined;
    const at = `${where}[${index}].template.spec`;
    return isFields(job) ? templateProblems(job.template, `${at}.template`) : [`${at}: Required value`];
  });
}

function jobTemplateProblems(template: unknown): string[] {
  const problems = templateProblems(template, 'spec.template');
  if (!isFields(template) || !isFields(template.spec)) return problems;
  return [...problems, ...restartPolicyProblems(template.spec.restartPolicy)];
}

function templateProblems(template: unknown, where: string): string[] {
  if (!isFields(template)) return [`${where}: Required value`];
  if (!isFields(template.spec)) return [`${where}.spec.containers: Required value`];
  return containersProblems(template.spec.containers, `${where}.spec.containers`);
}

function containersProblems(containers: unknown, where: string): string[] {
  if (!Array.isArray(containers) || containers.length === 0) return [`${where}: Required value`];
  return containers.flatMap((container: unknown, position) =>
    ['name', 'image']
      .filter((field) => !isFields(container) || typeof container[field] !== 'string' || container[field] === '')
      .map((field) => `${where}[${position}].${field}: Required value`),
  );
}

function restartPolicyProblems(policy: unknown): string[] {
  if (policy === 'Never' || policy === 'OnFailure') return [];
  const where = 'spec.template.spec.restartPolicy';
  // The API server fills in Always where nothing is said, and a Job may not have that.
  if (policy === undefined || policy === 'Always')
    return [`${where}: Required value: valid values: "OnFailure", "Never"`];
  return [`${where}: Unsupported value: ${JSON.stringify(policy)}: supported values: "OnFailure", "Never"`];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
