// Label selectors: equality (`a=b`, `a==b`, `a!=b`) and existence (`a`, `!a`), joined by commas, as the API server reads
// them. The set-based operators (`in`, `notin`) are not known here and make the selector a bad request.
import type { KubernetesObject } from '../../../pkg/kubernetes/cluster.ts';

export type Labels = Readonly<Record<string, string>>;

export type Requirement =
  | { operator: 'equals' | 'differs'; label: string; value: string }
  | { operator: 'exists' | 'absent'; label: string };

const labelKey = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** `undefined` when the text is no selector of the kinds above. */
export function parseSelector(text: string | undefined): Requirement[] | undefined {
  const requirements: Requirement[] = [];
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '' && (text ?? '').trim() === '') continue;
    const requirement = parseRequirement(part.trim());
    if (!requirement || !labelKey.test(requirement.label)) return undefined;
    requirements.push(requirement);
  }
  return requirements;
}

function parseRequirement(part: string): Requirement | undefined {
  const comparison = /^([^=!\s]+)\s*(==|!=|=)\s*([A-Za-z0-9._-]*)$/.exec(part);
  if (comparison) {
    const [, label = '', sign, value = ''] = comparison;
    return { operator: sign === '!=' ? 'differs' : 'equals', label, value };
  }
  if (part.startsWith('!')) return { operator: 'absent', label: part.slice(1).trim() };
  return { operator: 'exists', label: part };
}

export function selects(requirements: readonly Requirement[], object: KubernetesObject): boolean {
  const labels = object.metadata.labels ?? {};
  return requirements.every((requirement) => holds(requirement, labels));
}

function holds(requirement: Requirement, labels: Labels): boolean {
  const value = labels[requirement.label];
  switch (requirement.operator) {
    case 'equals':
      return value === requirement.value;
    case 'differs':
      return value !== requirement.value;
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
  }
}
