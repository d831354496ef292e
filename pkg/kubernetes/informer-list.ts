// One complete, consistent list in pages. Each page is projected before the next is asked for, so that only the slim
// records of a large list are ever in memory together. A broken object is skipped, never fatal.
import type { ApiResult, Cluster, KubernetesObject, Resource } from './cluster.ts';
import { type Entry, objectKey } from './informer-cache.ts';

export interface ListTarget {
  cluster: Cluster;
  resource: Resource;
  namespace?: string;
  labelSelector?: string;
}

export interface CompleteList<T> {
  entries: Map<string, Entry<T>>;
  resourceVersion: string;
}

export type Projection<T> = (object: KubernetesObject) => Entry<T> | undefined;

/**
 * `limit` undefined: everything in one page. The first failing page's answer is the result; a refusal with status 410
 * means that the list took so long that its continue token expired.
 */
export async function listAll<T>(
  target: ListTarget,
  limit: number | undefined,
  project: Projection<T>,
): Promise<ApiResult<CompleteList<T>>> {
  const { cluster, resource, namespace, labelSelector } = target;
  const selection = { ...(namespace ? { namespace } : {}), ...(labelSelector ? { labelSelector } : {}) };
  const entries = new Map<string, Entry<T>>();
  let token: string | undefined;
  for (;;) {
    const paging = { ...(limit === undefined ? {} : { limit }), ...(token ? { continue: token } : {}) };
    const page = await cluster.list(resource, { ...selection, ...paging });
    if (page.outcome !== 'ok') return page;
    collect(page.value.items, project, entries);
    token = page.value.continue;
    if (!token) return { outcome: 'ok', value: { entries, resourceVersion: page.value.resourceVersion } };
  }
}

function collect<T>(items: KubernetesObject[], project: Projection<T>, into: Map<string, Entry<T>>): void {
  for (const item of items) {
    const entry = project(item);
    if (entry) into.set(objectKey(item), entry);
  }
}
