// Which kind and name an attempt's workload gets: the name is derived from job id and attempt, so that a create can be
// asked about by name, and no two attempts ever share one. But a JobSet keeps the name that its manifest gives it: the
// addresses of its pods have it in them. Its attempts share that name, one after the other.
import { type Job, longestDnsLabel, type WorkloadManifest, type WorkloadReference } from '../models/index.ts';
import { replicatedJobsOf } from './workload-kinds.ts';

const longestWorkloadName = 52;

/**
 * `<name>-<last 12 hex digits of the job id>-<attempt>`, at most `longest` characters; 52 leave room for the names of pods.
 * The beginning of a UUIDv7 is time and shared between neighbours, so the id part is its end.
 */
export function workloadName(name: string, jobId: string, attempt: number, longest = longestWorkloadName): string {
  const suffix = `-${jobId.replaceAll('-', '').slice(-12)}-${attempt}`;
  const stem = name.slice(0, Math.max(1, longest - suffix.length)).replace(/-+$/, '');
  return `${stem}${suffix}`;
}

/** Where the object of this attempt will be; `namespace` for a job that names none. */
export function workloadReference(
  { jobId, name, workload, namespace: own }: Pick<Job, 'jobId' | 'name' | 'workload' | 'namespace'>,
  attempt: number,
  namespace: string,
): WorkloadReference {
  const { manifest } = workload;
  const { name: given } = manifest?.metadata ?? {};
  const kind = manifest?.kind ?? 'Job';
  const place = { kind, namespace: own ?? namespace };
  if (manifest?.kind !== 'JobSet') return { ...place, name: workloadName(given ?? name, jobId, attempt) };
  return { ...place, name: given ?? workloadName(name, jobId, attempt, longestJobSetName(manifest)) };
}

/** The names of its Jobs and pods begin with its own, and each is a DNS label. */
function longestJobSetName({ spec }: WorkloadManifest): number {
  const suffixes = replicatedJobsOf(spec).map(
    ({ name, replicas, pods }) => `-${name}-${Math.max(0, replicas - 1)}-${Math.max(0, pods - 1)}-abcde`.length,
  );
  return Math.min(longestWorkloadName, longestDnsLabel - Math.max(0, ...suffixes));
}
