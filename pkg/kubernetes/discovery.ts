// Whether the API server has a kind at all: a CRD may be missing, come later, and go again. Everybody may ask that, without
// any right to the objects themselves.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
import type { ApiResult, Resource } from './cluster.ts';

export interface Discovery {
  serves(resource: Resource): Promise<ApiResult<boolean>>;
}
