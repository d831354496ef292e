// A merge patch as the API server applies it: what is null goes, objects are merged, everything else is replaced.
// https://www.rfc-editor.org/rfc/rfc7386
import type { ApiResult, KubernetesObject, MergePatch, Resource } from '../../../pkg/kubernetes/cluster.ts';
import { qualifiedPlural, refused, uidConflict } from './answers.ts';
import { copyOf } from './copy.ts';

/** The refusal when the patch was made for another object of that name, or for an older version of it. */
export function patchConflict(
  resource: Resource,
  object: KubernetesObject,
  { metadata = {} }: MergePatch,
): ApiResult<never> | undefined {
  const { name, uid, resourceVersion } = object.metadata;
  if (metadata.uid !== undefined && metadata.uid !== uid) return uidConflict(resource, name, metadata.uid, uid);
  if (metadata.resourceVersion === undefined || metadata.resourceVersion === resourceVersion) return undefined;
  const what = `Operation cannot be fulfilled on ${qualifiedPlural(resource)} "${name}"`;
  return refused(
    409,
    'Conflict',
    `${what}: the object has been modified; please apply your changes to the latest version`,
  );
}

/** The next version, without sharing anything with the patch. */
export function patched(object: KubernetesObject, patch: MergePatch): KubernetesObject {
  return merged(object, copyOf(patch)) as KubernetesObject;
}

function merged(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merged(result[name], value);
  }
  return result;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
