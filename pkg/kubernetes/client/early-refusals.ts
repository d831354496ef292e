// A 403 of an API server that has just started. Until it has read the roles and the namespaces it forbids what it will
// allow a moment later, in the words of a real refusal, and such a "no" must never end a job.
// Rule: an admission plugin that says it is not ready is no answer. That a right is missing is believed when the server
// says that it is ready, and then still refuses the same request. What it refuses it did not do, so asking again is safe.
// Sources: the RBAC authorizer judges by its informers' copies; admission plugins wait for theirs at most 10 seconds; the
// check `informer-sync` of /readyz covers both.
import type { ApiResult } from '../cluster.ts';
import { isMissingRight } from '../rights.ts';

const notReadyWords = /not yet ready to handle request/;

export interface Doubt<T> {
  repeat(): Promise<ApiResult<T>>;
  ready(): Promise<ApiResult<undefined>>;
}

/** The result, or what takes its place when the server was too young to give it: `unknown`, or a later answer. */
export async function unlessEarly<T>(result: ApiResult<T>, { repeat, ready }: Doubt<T>): Promise<ApiResult<T>> {
  if (result.outcome !== 'refused' || result.status !== 403) return result;
  const { status, message } = result;
  if (notReadyWords.test(message)) return { outcome: 'unknown', status, message };
  if (!isMissingRight(message)) return result;
  const readiness = await ready();
  if (readiness.outcome === 'ok') return repeat();
  return { outcome: 'unknown', status, message: `${message} (and it is not ready: ${readiness.message})` };
}
