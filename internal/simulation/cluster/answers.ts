// The API server's answers and its words: Kubernetes' status codes, reasons and message shapes as ApiResult values.
import type { ApiResult, KubernetesObject, Resource } from '../../../pkg/kubernetes/cluster.ts';

type Refused = Extract<ApiResult<never>, { outcome: 'refused' }>;

export function ok<T>(value: T): ApiResult<T> {
  return { outcome: 'ok', value };
}

export function refused(status: number, reason: string, message: string): Refused {
  return { outcome: 'refused', status, reason, message };
}

/** `jobs.batch`, `pods`. */
export function qualifiedPlural(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

export function notFound(resource: Resource, name: string): Refused {
  return refused(404, 'NotFound', `${qualifiedPlural(resource)} "${name}" not found`);
}

export function alreadyExists(resource: Resource, existing: KubernetesObject): Refused {
  const prefix = existing.metadata.deletionTimestamp === undefined ? '' : 'object is being deleted: ';
  const message = `${prefix}${qualifiedPlural(resource)} "${existing.metadata.name}" already exists`;
  return refused(409, 'AlreadyExists', message);
}

/** `problems` are field errors such as `spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0`. */
export function invalid(resource: Resource, name: string, problems: readonly string[]): Refused {
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  const list = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return refused(422, 'Invalid', `${kind} "${name}" is invalid: ${list}`);
}

/** The refusal of what was meant for another object of that name, or for an older version of it. */
export function conflictWith(
  resource: Resource,
  { metadata }: KubernetesObject,
  wanted: { uid?: string | undefined; resourceVersion?: string | undefined },
): Refused | undefined {
  const { name, uid = '', resourceVersion = '' } = metadata;
  const what = `Operation cannot be fulfilled on ${qualifiedPlural(resource)} "${name}"`;
  const failed = (field: string, asked: string, found: string): Refused =>
    refused(
      409,
      'Conflict',
      `${what}: Precondition failed: ${field} in precondition: ${asked}, ${field} in object meta: ${found}`,
    );
  if (wanted.uid !== undefined && wanted.uid !== uid) return failed('UID', wanted.uid, uid);
  if (wanted.resourceVersion === undefined || wanted.resourceVersion === resourceVersion) return undefined;
  return failed('ResourceVersion', wanted.resourceVersion, resourceVersion);
}

export const continueExpired: Refused = refused(
  410,
  'Expired',
  'The provided continue parameter is too old to display a consistent list result. ' +
    'You must start a new list without the continue parameter.',
);
