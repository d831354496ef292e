// Which rights the chosen controllers need where, by the manifests of deploy/rbac that give them, and which of them the API
// server would not grant. The manifests are the one list of rights: a test of theirs holds them against what is asked.
// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ApiResult, Cluster, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { list } from '../../../pkg/kubernetes/conditions.ts';
import { fields } from '../../../pkg/kubernetes/pod-template.ts';
import { packageFolder } from '../package-folder.ts';

const reviewsResource: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
};

export interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  /** One object of that name alone. */
  name?: string;
}

/** The rights of a manifest of deploy/rbac, `results` for results.yaml. */
export function rightsOf(file: string): Right[] {
  const text = readFileSync(join(packageFolder(), 'deploy', 'rbac', `${file}.yaml`), 'utf8');
  const documents = parseAllDocuments(text).map((document) => fields(document.toJS()));
  return documents.flatMap(({ rules }) => list(rules).flatMap(rightsOfRule));
}

function rightsOfRule(rule: Record<string, unknown>): Right[] {
  const each = (values: unknown): string[] => (Array.isArray(values) ? values.map(String) : []);
  const names = each(rule.resourceNames);
  return each(rule.apiGroups).flatMap((group) =>
    each(rule.resources).flatMap((path) =>
      each(rule.verbs).flatMap((verb) => {
        const [resource = '', subresource] = path.split('/');
        const right = { verb, group, resource, ...(subresource && { subresource }) };
        return names.length === 0 ? [right] : names.map((name) => ({ ...right, name }));
      }),
    ),
  );
}

/** For people: `list pods`, `patch jobs/status (batch)`. */
export function inWords({ verb, group, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? ` (${group})` : ''}`;
}

/** Whether the account has the right in this namespace; an empty one is everywhere. */
export async function isAllowed(cluster: Cluster, right: Right, namespace: string): Promise<ApiResult<boolean>> {
  const resourceAttributes = { ...right, ...(namespace && { namespace }) };
  const review: KubernetesObject = {
    ...{ apiVersion: 'authorization.k8s.io/v1', kind: reviewsResource.kind, metadata: { name: '' } },
    spec: { resourceAttributes },
  };
  const answer = await cluster.create(reviewsResource, review);
  if (answer.outcome !== 'ok') return answer;
  return { outcome: 'ok', value: fields(answer.value.status).allowed === true };
}
