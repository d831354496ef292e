// Server-side apply, for what is installed on a cluster as a whole: an object is made to have the fields that it is given,
// and it is known who set which. Watched objects are never changed this way.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
import type { ApiResult, KubernetesObject, Resource } from './cluster.ts';

export const fieldManager = 'kubejobs';

export interface Applier {
  /**
   * Creates the object, or changes it to have these fields; a `metadata.uid` has to be its own. Without `force` it is
   * refused (409) when somebody else has set one of them otherwise.
   */
  apply(
    resource: Resource,
    object: KubernetesObject,
    options: { force: boolean },
  ): Promise<ApiResult<KubernetesObject>>;
}
