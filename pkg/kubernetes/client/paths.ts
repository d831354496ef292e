// Where the API server keeps a resource, and how options are spelled in a query. No credential is ever part of a query.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
import type { ListOptions, Resource, WatchOptions } from '../cluster.ts';
import type { LogOptions } from '../log-source.ts';

/** `namespace` undefined or empty: all namespaces, or a resource that has none. */
export function resourcePath(
  resource: Resource,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const root = resource.group === '' ? '/api' : `/apis/${encodeURIComponent(resource.group)}`;
  const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const below = [name, subresource].filter((part) => part !== undefined);
  const item = below.map((part) => `/${encodeURIComponent(part)}`).join('');
  return `${root}/${encodeURIComponent(resource.version)}${scope}/${encodeURIComponent(resource.plural)}${item}`;
}

export function listQuery(options: ListOptions): Record<string, string> {
  const { labelSelector, fieldSelector, limit, continue: token } = options;
  return {
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
    ...(limit === undefined ? {} : { limit: String(limit) }),
    ...(token ? { continue: token } : {}),
  };
}

export function watchQuery(options: WatchOptions): Record<string, string> {
  return {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: options.resourceVersion,
    ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: String(options.timeoutSeconds) }),
  };
}

export function logQuery(options: Omit<LogOptions, 'signal'>): Record<string, string> {
  const { container, follow, tailLines, sinceTime } = options;
  return {
    ...{ container, timestamps: 'true', follow: String(follow) },
    ...(tailLines === undefined ? {} : { tailLines: String(tailLines) }),
    ...(sinceTime === undefined ? {} : { sinceTime }),
  };
}
