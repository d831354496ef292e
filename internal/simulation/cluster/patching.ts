// A merge patch as the API server applies it: what is null goes, objects are merged, everything else is replaced.
// https://www.rfc-editor.org/rfc/rfc7386
import type { KubernetesObject, MergePatch } from '../../../pkg/kubernetes/cluster.ts';
import { copyOf } from './copy.ts';

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
