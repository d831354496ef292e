// Whose an object is. Of several owners at most one is its controller, which made it and looks after it; what it says is read
// from JSON that others wrote, so nothing of it is taken for granted.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
import type { ObjectMeta } from './cluster.ts';
import { list } from './conditions.ts';

/** The reference to its controller as it is written there; undefined for an object that has none. */
export function controllerReference({ ownerReferences }: ObjectMeta): Record<string, unknown> | undefined {
  return list(ownerReferences).find(({ controller }) => controller === true);
}
