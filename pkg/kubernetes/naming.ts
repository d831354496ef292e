// Which kind and name an attempt's workload gets: the name is derived from job id and attempt, so that a create can be
// asked about by name, and no two attempts ever share one.
import type { Job, WorkloadReference } from '../models/index.ts';

const longestWorkloadName = 52;

/**
 * `<name>-<last 12 hex digits of the job id>-<attempt>`, at most 52 characters.
 * The beginning of a UUIDv7 is time and shared between neighbours, so the id part is its end.
 */
export function workloadName(name: string, jobId: string, attempt: number): string {
  const suffix = `-${jobId.replaceAll('-', '').slice(-12)}-${attempt}`;
  const stem = name.slice(0, longestWorkloadName - suffix.length).replace(/-+$/, '');
  return `${stem}${suffix}`;
}

/** Where the object of this attempt will be; `namespace` for a job that names none. */
export function workloadReference(
  { jobId, name, workload, namespace: own }: Pick<Job, 'jobId' | 'name' | 'workload' | 'namespace'>,
  attempt: number,
  namespace: string,
): WorkloadReference {
  const { manifest } = workload;
  return {
    kind: manifest?.kind ?? 'Job',
    namespace: own ?? namespace,
    name: workloadName(manifest?.metadata?.name ?? name, jobId, attempt),
  };
}
