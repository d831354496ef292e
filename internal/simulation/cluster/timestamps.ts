// Times as Kubernetes prints them in metadata and status.

/** metav1.Time: RFC 3339 in UTC, whole seconds. */
export function kubernetesTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
