// From an object of the API server to what an informer keeps of it. An object that makes no sense is set aside,
// counted each time, and said in the log the first time and then ever more rarely, since it comes again with every
// list; it is never fatal.
import type { Logger } from '../../internal/platform/logger.ts';
import type { Metrics } from '../../internal/platform/metrics.ts';
import type { KubernetesObject, Resource } from './cluster.ts';
import type { Entry } from './informer-cache.ts';
import type { Projection } from './informer-list.ts';

export function tolerantProjection<T>(
  resource: Resource,
  { logger, metrics }: { logger: Logger; metrics: Metrics },
  project: (object: KubernetesObject) => T,
): Projection<T> {
  let skipped = 0;
  return (object) => {
    try {
      return entryOf(object, project);
    } catch (error) {
      skipped += 1;
      metrics.count('kubejobs_workload_objects_skipped_total', { kind: resource.kind });
      const problem = error instanceof Error ? error.message : 'it makes no sense';
      const name = String(object?.metadata?.name ?? '').slice(0, 253);
      const fields = { resource: resource.plural, name, problem, skipped };
      if (isPowerOfTwo(skipped)) logger.warn(fields, 'an object was skipped');
      return undefined;
    }
  };
}

function entryOf<T>(object: KubernetesObject, project: (object: KubernetesObject) => T): Entry<T> {
  const { name, uid = '', resourceVersion = '' } = object.metadata;
  if (typeof name !== 'string' || name === '') throw new Error('it has no metadata.name');
  return { uid, resourceVersion, record: project(object) };
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}
