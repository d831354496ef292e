// Where the logs of containers are read: the API server's log endpoint, or the simulated cluster's.
// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
import type { ApiResult } from './cluster.ts';

export interface LogOptions {
  container: string;
  /** Goes on until the container ends. */
  follow: boolean;
  /** Only the last lines. */
  tailLines?: number;
  /** Only what is not older than this (RFC 3339), by whole seconds. */
  sinceTime?: string;
  signal: AbortSignal;
}

export interface LogSource {
  /** Lines that begin with their time (RFC 3339 with up to nine decimals) and a space. Reading them may throw. */
  log(namespace: string, pod: string, options: LogOptions): Promise<ApiResult<AsyncIterable<Uint8Array>>>;
}
