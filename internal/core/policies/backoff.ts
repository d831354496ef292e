// How long to wait after the n-th failure in a row.
// Rule: the delay grows by `factor` (2) from `firstMs` up to `longestMs`, less up to a quarter that a hash of job and failure picks,
// so that jobs that failed together do not return together, and the same history always waits the same time.

export interface BackoffSettings {
  firstMs: number;
  longestMs: number;
  factor?: number;
}

export const callBackoff: BackoffSettings = { firstMs: 500, longestMs: 30_000 };
export const quotaBackoff: BackoffSettings = { firstMs: 2_000, longestMs: 60_000 };

export function backoffMs(settings: BackoffSettings, jobId: string, failures: number): number {
  const { firstMs, longestMs, factor = 2 } = settings;
  const full = Math.min(longestMs, firstMs * factor ** Math.min(failures - 1, 30));
  return Math.round(full * (1 - 0.25 * fraction(`${jobId}/${failures}`)));
}

/** FNV-1a (Fowler, Noll, Vo) of the text as a number in [0, 1). */
function fraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 4_294_967_296;
}
