// The reference by which a Job or a Service belongs to its JobSet, and goes with it. Pure.
import type { ObjectMeta } from '../../../pkg/kubernetes/cluster.ts';
import { jobSetApiVersion, jobSetKind } from '../../../pkg/models/index.ts';
import type { JobSetRecord } from './records.ts';

type OwnerReference = NonNullable<ObjectMeta['ownerReferences']>[number];

export function ownerReference({ name, uid }: Pick<JobSetRecord, 'name' | 'uid'>): OwnerReference {
  return { apiVersion: jobSetApiVersion, kind: jobSetKind, name, uid, controller: true, blockOwnerDeletion: true };
}
