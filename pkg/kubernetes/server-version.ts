// Which Kubernetes answers, and what its clock says. Everybody may ask that, without any right to objects.
import type { ApiResult } from './cluster.ts';

export interface ServerVersion {
  /** Such as `v1.36.2`. */
  version: string;
  /** The Date header in milliseconds since the epoch, which has whole seconds; absent when there is none. */
  dateMs?: number;
}

export interface Versioned {
  serverVersion(): Promise<ApiResult<ServerVersion>>;
}
