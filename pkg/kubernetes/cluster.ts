// The Kubernetes API as kubejobs uses it: one interface for the real API server and the simulated cluster.
// Objects are plain JSON in Kubernetes' own shape. No call throws for what a server or a network does: an answer that
// was lost is a value too. Only a watch's iteration may throw, and its reader, the informer, expects that.

export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
}

export const jobsResource: Resource = { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' };
export const pytorchJobsResource: Resource = {
  group: 'kubeflow.org',
  version: 'v1',
  plural: 'pytorchjobs',
  kind: 'PyTorchJob',
};
export const podsResource: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };

export const eventsResource: Resource = { group: '', version: 'v1', plural: 'events', kind: 'Event' };
export const configMapsResource: Resource = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: Array<{
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
    blockOwnerDeletion?: boolean;
  }>;
  finalizers?: string[];
}

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/**
 * `refused`: the server read the request and said no (4xx). `unknown`: no answer, or one that does not tell whether
 * the request was carried out (timeout, reset, 5xx); `status` is there when one came.
 */
export type ApiResult<T> =
  | { outcome: 'ok'; value: T }
  | { outcome: 'refused'; status: number; reason: string; message: string; retryAfterMs?: number }
  | { outcome: 'unknown'; status?: number; message: string; retryAfterMs?: number };

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  /** By fields that the API server selects by, such as `involvedObject.uid` of events. */
  fieldSelector?: string;
  limit?: number;
  continue?: string;
}

export interface ListPage {
  items: KubernetesObject[];
  resourceVersion: string;
  continue?: string;
}

export interface WatchOptions {
  namespace?: string;
  labelSelector?: string;
  resourceVersion: string;
  timeoutSeconds?: number;
  signal: AbortSignal;
}

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: KubernetesObject }
  /** A Status object in the stream; code 410 means that the resource version is too old. */
  | { type: 'ERROR'; code: number; message: string };

export interface DeleteOptions {
  propagation: 'foreground' | 'background';
  /** Refuse (409) when the object of that name has another uid. */
  uid?: string;
  /** Refuse (409) when it has changed since that version. */
  resourceVersion?: string;
}

/** RFC 7386; with `metadata.uid` or `metadata.resourceVersion` it is refused (409) when the object has another one. */
export interface MergePatch {
  metadata?: {
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string | null>;
    annotations?: Record<string, string | null>;
  };
  spec?: Record<string, unknown>;
  /** Only with the subresource of that name. */
  status?: Record<string, unknown>;
}

export interface PatchOptions {
  /** Changes the object's status and nothing else of it. */
  subresource?: 'status';
}

export interface Cluster {
  /** `dryRun`: the server checks it in full, admission included, and stores nothing; after `timeoutMs` it is unknown. */
  create(
    resource: Resource,
    object: KubernetesObject,
    options?: { dryRun?: boolean; timeoutMs?: number },
  ): Promise<ApiResult<KubernetesObject>>;
  /** A consistent read. */
  get(resource: Resource, namespace: string, name: string): Promise<ApiResult<KubernetesObject>>;
  delete(resource: Resource, namespace: string, name: string, options: DeleteOptions): Promise<ApiResult<undefined>>;
  patch(
    resource: Resource,
    namespace: string,
    name: string,
    patch: MergePatch,
    options?: PatchOptions,
  ): Promise<ApiResult<KubernetesObject>>;
  /** One page of a consistent list (no resourceVersion is sent). */
  list(resource: Resource, options: ListOptions): Promise<ApiResult<ListPage>>;
  /** Ends when the server closes the stream or `signal` aborts; throws when the connection fails. */
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** Whether the API server answers at all. */
  ping(): Promise<ApiResult<undefined>>;
  close(): Promise<void>;
}
