// A Cluster whose every create, get and delete the test answers itself: by a rule given beforehand, or one by one.
import type {
  ApiResult,
  Cluster,
  DeleteOptions,
  KubernetesObject,
  ListPage,
  Resource,
  WatchEvent,
} from '../../pkg/kubernetes/cluster.ts';
import { attemptLabel, jobIdLabel, queueIdLabel } from '../../pkg/kubernetes/labels.ts';

type Result = ApiResult<KubernetesObject | undefined>;

export interface FakeCall {
  verb: 'create' | 'get' | 'delete';
  resource: Resource;
  name: string;
  object?: KubernetesObject;
  options?: DeleteOptions;
  answer(result: Result): void;
  fail(error: Error): void;
}

export interface FakeCluster extends Cluster {
  /** All calls so far, in order. */
  calls: FakeCall[];
}

/** Calls that `rule` gives nothing for wait until the test answers them. */
export function fakeCluster(rule: (call: FakeCall) => Result | undefined = () => undefined): FakeCluster {
  const calls: FakeCall[] = [];
  const record = (call: Pick<FakeCall, 'verb' | 'resource' | 'name' | 'object' | 'options'>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const complete = { ...call, answer: resolve, fail: reject };
      calls.push(complete);
      const answer = rule(complete);
      if (answer) resolve(answer);
    });
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return {
    calls,
    create: (resource, object) =>
      record({ verb: 'create', resource, name: object.metadata.name, object }) as Promise<ApiResult<KubernetesObject>>,
    get: (resource, _namespace, name) =>
      record({ verb: 'get', resource, name }) as Promise<ApiResult<KubernetesObject>>,
    delete: (resource, _namespace, name, options) =>
      record({ verb: 'delete', resource, name, options }) as Promise<ApiResult<undefined>>,
    patch: (): Promise<ApiResult<KubernetesObject>> => unused(),
    list: (): Promise<ApiResult<ListPage>> => unused(),
    watch: (): AsyncIterable<WatchEvent> => unused(),
    ping: (): Promise<ApiResult<undefined>> => unused(),
    close: () => Promise.resolve(),
  };
}

export function ok(value?: KubernetesObject): Result {
  return { outcome: 'ok', value };
}

export function no(status: number, reason = 'Reason', message = 'the words of the API server'): Result {
  return { outcome: 'refused', status, reason, message };
}

export const absent = no(404, 'NotFound', 'not found');
export const alreadyExists = no(409, 'AlreadyExists', 'already exists');
export const lost: Result = { outcome: 'unknown', message: 'timeout' };

/** A Job on the cluster with the marks of one attempt. */
export function markedJob(
  marks: { queueId: string; jobId: string; attempt?: number },
  metadata: Partial<KubernetesObject['metadata']> = {},
): KubernetesObject {
  const { queueId, jobId, attempt = 1 } = marks;
  const labels = { [queueIdLabel]: queueId, [jobIdLabel]: jobId, [attemptLabel]: String(attempt) };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'w', namespace: 'default', uid: 'u1', labels, ...metadata },
  };
}
