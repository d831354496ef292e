// The Cluster interface over a transport: which request each call is, how its answer is read, and how long it took.
import type { Clock } from '../../../internal/platform/clock.ts';
import type { Metrics } from '../../../internal/platform/metrics.ts';
import { isNotFound, ok } from '../answers.ts';
import { type Applier, fieldManager } from '../apply.ts';
import {
  type ApiResult,
  type Cluster,
  type KubernetesObject,
  type ListPage,
  podsResource,
  type Resource,
  type WatchEvent,
  type WatchOptions,
} from '../cluster.ts';
import type { Discovery } from '../discovery.ts';
import type { LogSource } from '../log-source.ts';
import type { ServerVersion, Versioned } from '../server-version.ts';
import { WatchFailure } from '../watch-failure.ts';
import { type Answer, noAnswer, readAnswer, readFailure } from './answers.ts';
import { unlessEarly } from './early-refusals.ts';
import { isEntry } from './kubeconfig-file.ts';
import { listQuery, logQuery, resourcePath, watchQuery } from './paths.ts';
import { permits } from './permits.ts';
import type { RetryGate } from './retry-gate.ts';
import type { ApiRequest, Transport } from './transport.ts';
import { watchEvents } from './watch-stream.ts';

export interface ApiClusterDeps {
  transport: Transport;
  gate: RetryGate;
  clock: Clock;
  metrics: Metrics;
  /** Calls at once: so many that change something, and so many that only read. */
  connections: number;
}

type Verb = 'create' | 'get' | 'delete' | 'patch' | 'apply' | 'list' | 'watch';
type Outcome = ApiResult<unknown>['outcome'];
type CallRequest = ApiRequest & { kind: 'write' | 'read' };

export function apiCluster(deps: ApiClusterDeps): Cluster & LogSource & Discovery & Applier & Versioned {
  const places = { write: permits(deps.connections), read: permits(deps.connections) };

  const timed = (verb: Verb, resource: string, startedAt: number, outcome: Outcome): void => {
    const seconds = (deps.clock.now() - startedAt) / 1000;
    deps.metrics.observe('kubejobs_api_server_request_duration_seconds', seconds, { verb, resource, outcome });
  };
  const exchange = async <T>(
    verb: Verb,
    resource: string,
    request: ApiRequest,
    read: (answer: Answer, at: number) => Promise<ApiResult<T>>,
  ): Promise<ApiResult<T>> => {
    const startedAt = deps.clock.now();
    const result = await deps.transport
      .send(request)
      .then((answer) => read(answer, deps.clock.now()))
      .catch(noAnswer);
    timed(verb, resource, startedAt, result.outcome);
    return result;
  };
  const ready = async (): Promise<ApiResult<undefined>> => {
    if (deps.gate.remainingMs() > 0) return notAsked(deps.gate);
    const request = { method: 'GET', path: '/readyz', kind: 'stream' } as const;
    return exchange('get', 'readyz', request, async (answer, at) => {
      if (answer.statusCode !== 200) return readFailure(answer, at);
      await answer.body.dump();
      return ok(undefined);
    });
  };
  const call = <T>(
    verb: Verb,
    resource: Resource,
    request: CallRequest,
    read: (body: unknown) => T | undefined,
  ): Promise<ApiResult<T>> =>
    places[request.kind].within(async () => {
      if (request.signal?.aborted) return noAnswer(request.signal.reason);
      if (!(await deps.gate.pass(request.signal))) return heldBack(deps.gate);
      const send = (): Promise<ApiResult<T>> =>
        exchange(verb, resource.plural, request, (answer, at) => readAnswer(answer, at, read));
      return unlessEarly(await send(), { repeat: send, ready });
    });

  return {
    create: (resource, object, options) =>
      options?.dryRun === true
        ? within(deps.clock, options.timeoutMs, (signal) =>
            call('create', resource, { ...rehearsal(resource, object), ...signal }, readObject),
          )
        : call('create', resource, createRequest(resource, object), readObject),
    get: (resource, namespace, name) =>
      call('get', resource, { kind: 'read', method: 'GET', path: resourcePath(resource, namespace, name) }, readObject),
    async delete(resource, namespace, name, { propagation, ...preconditions }) {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation === 'foreground' ? 'Foreground' : 'Background',
        ...(Object.keys(preconditions).length > 0 && { preconditions }),
      };
      const path = resourcePath(resource, namespace, name);
      const request = { kind: 'write', method: 'DELETE', path, body } as const;
      return without(await call('delete', resource, request, (answer) => answer ?? null));
    },
    patch(resource, namespace, name, body, options) {
      const path = resourcePath(resource, namespace, name, options?.subresource);
      return call('patch', resource, { kind: 'write', method: 'PATCH', path, body }, readObject);
    },
    apply: (resource, object, options) =>
      call('apply', resource, applyRequest(resource, object, options.force), readObject),
    list: (resource, options) =>
      call(
        'list',
        resource,
        { kind: 'read', method: 'GET', path: resourcePath(resource, options.namespace), query: listQuery(options) },
        (body) => readPage(resource, body),
      ),
    watch: (resource, options) => watch(deps, resource, options, timed),
    ping: ready,
    log(namespace, pod, { signal, ...options }) {
      const path = `${resourcePath(podsResource, namespace, pod)}/log`;
      const request = { method: 'GET', path, query: logQuery(options), signal, kind: 'stream' } as const;
      return exchange<AsyncIterable<Uint8Array>>('get', 'pods/log', request, async (answer, at) =>
        answer.statusCode === 200 ? ok(answer.body) : readFailure(answer, at),
      );
    },
    async serves(resource) {
      const { group, version, plural } = resource;
      const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
      const request = { kind: 'read', method: 'GET', path } as const;
      const found = await call('get', { ...resource, plural: 'apis' }, request, (body) => readServed(body, plural));
      return isNotFound(found) ? { outcome: 'ok', value: false } : found;
    },
    serverVersion: () =>
      exchange('get', 'version', { method: 'GET', path: '/version', kind: 'read' }, (answer, at) =>
        readAnswer(answer, at, (body) => readVersion(body, answer.headers.date)),
      ),
    close: () => deps.transport.close(),
  };
}

async function* watch(
  { transport, clock }: ApiClusterDeps,
  resource: Resource,
  options: WatchOptions,
  timed: (verb: Verb, resource: string, startedAt: number, outcome: Outcome) => void,
): AsyncGenerator<WatchEvent> {
  const { namespace, signal } = options;
  const path = resourcePath(resource, namespace);
  const startedAt = clock.now();
  try {
    if (signal.aborted) return;
    const answer = await transport.send({ method: 'GET', path, query: watchQuery(options), signal, kind: 'stream' });
    if (answer.statusCode === 200) {
      timed('watch', resource.plural, startedAt, 'ok');
      yield* watchEvents(answer.body as AsyncIterable<Uint8Array>);
      return;
    }
    const failure = await readFailure(answer, clock.now());
    timed('watch', resource.plural, startedAt, failure.outcome);
    if (failure.status === 410) yield { type: 'ERROR', code: 410, message: failure.message };
    else throw new WatchFailure(failure.message, failure.status, failure.retryAfterMs);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function createRequest(resource: Resource, object: KubernetesObject): CallRequest {
  const path = resourcePath(resource, object.metadata.namespace);
  return { kind: 'write', method: 'POST', path, body: object };
}

function applyRequest(resource: Resource, object: KubernetesObject, force: boolean): CallRequest {
  const path = resourcePath(resource, object.metadata.namespace, object.metadata.name);
  const query = { fieldManager, force: String(force) };
  return { kind: 'write', method: 'PATCH', path, query, body: object, contentType: 'application/apply-patch+yaml' };
}

/** It changes nothing, and it also refuses unknown fields, which a real create would drop without a word. */
function rehearsal(resource: Resource, object: KubernetesObject): CallRequest {
  return { ...createRequest(resource, object), kind: 'read', query: { dryRun: 'All', fieldValidation: 'Strict' } };
}

/** Gives up after `timeoutMs`, also while it has not been sent yet. */
async function within<T>(
  clock: Clock,
  timeoutMs: number | undefined,
  work: (signal: { signal?: AbortSignal }) => Promise<ApiResult<T>>,
): Promise<ApiResult<T>> {
  if (timeoutMs === undefined) return work({});
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => {
      const late = new Error(`no answer within ${timeoutMs} ms`);
      abort.abort(late);
      resolve(noAnswer(late));
    });
    work({ signal: abort.signal }).then(resolve, reject).finally(cancel);
  });
}

/** What the gate does not let out was surely not sent: the same answer as the server's own 429. */
function heldBack(gate: RetryGate): ApiResult<never> {
  return {
    outcome: 'refused',
    status: 429,
    reason: 'TooManyRequests',
    message: 'the API server asked to wait (Retry-After)',
    retryAfterMs: gate.remainingMs(),
  };
}

/** A ping is held back too. Who asked for the pause with a 429 is there; who did with a 503 cannot be worked with. */
function notAsked(gate: RetryGate): ApiResult<never> {
  const held = heldBack(gate);
  if (gate.status === 429) return held;
  return { outcome: 'unknown', status: gate.status, message: 'the API server is unavailable and asked to wait' };
}

function without(result: ApiResult<unknown>): ApiResult<undefined> {
  return result.outcome === 'ok' ? { outcome: 'ok', value: undefined } : result;
}

/** Whether a list of the resources of one group and version has this one. */
function readServed(body: unknown, plural: string): boolean | undefined {
  if (!isEntry(body) || !Array.isArray(body.resources)) return undefined;
  return body.resources.filter(isEntry).some(({ name }) => name === plural);
}

function readVersion(body: unknown, date: string | string[] | undefined): ServerVersion | undefined {
  if (!isEntry(body) || typeof body.gitVersion !== 'string') return undefined;
  const dateMs = Date.parse(String(date));
  return { version: body.gitVersion, ...(Number.isNaN(dateMs) ? {} : { dateMs }) };
}

function readObject(body: unknown): KubernetesObject | undefined {
  return isEntry(body) && isEntry(body.metadata) ? (body as unknown as KubernetesObject) : undefined;
}

/** Items of a list come without apiVersion and kind: they are the list's. */
function readPage(resource: Resource, body: unknown): ListPage | undefined {
  if (!isEntry(body) || !isEntry(body.metadata)) return undefined;
  const items: unknown = body.items ?? [];
  const { resourceVersion, continue: token } = body.metadata;
  if (!Array.isArray(items) || typeof resourceVersion !== 'string') return undefined;
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  for (const item of items.filter(isEntry)) {
    item.apiVersion ??= apiVersion;
    item.kind ??= resource.kind;
  }
  return { items, resourceVersion, ...(typeof token === 'string' && token !== '' ? { continue: token } : {}) };
}
