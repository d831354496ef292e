// Which name an attempt's workload gets: derived from job id and attempt, so that a create can be asked about by name.
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
