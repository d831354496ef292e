// Times as Kubernetes prints them in metadata and status.

let lastSecond = Number.NaN;
let lastText = '';

/** metav1.Time: RFC 3339 in UTC, whole seconds. The last one is remembered: much happens within one second. */
export function kubernetesTime(atMs: number): string {
  const second = Math.floor(atMs / 1_000);
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1_000).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}
