// The HTTP API as typed functions, for the command line and for other people's programs. Answers are the documents of
// the wire, unchanged; a refusal is thrown as a Problem with its code. Nothing is cached; what is tried again, and
// when, is in retry.ts.
import type { DeliveryState, JobState } from '../models/index.ts';
import type {
  BatchLineDocument,
  CallerDocument,
  DeliveryDocument,
  HealthDocument,
  JobDocument,
  NewScheduleDocument,
  PodGroupDocument,
  QueueEntryDocument,
  ResultDocument,
  ScheduleDocument,
  ScheduleFields,
  SettingsDocument,
  SnapshotDocument,
  SubmissionDocument,
  SubmittedDocument,
  WatchedKind,
  WorkloadHealthDocument,
  WorkloadsDocument,
  WorkloadTreeDocument,
} from './documents.ts';
import { type EventsOptions, events, type StreamedEvent } from './events.ts';
import { linesOf, ndjson, textOf } from './lines.ts';
import { type Page, type PageOptions, pageOf, pageParameters, pathWith } from './pages.ts';
import { type Retrying, withRetries } from './retry.ts';
import { type Answer, type Call, call, open, type Transport } from './transport.ts';
import { type StreamedWorkload, type WorkloadEventsOptions, workloadEvents } from './workload-events.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8000`; a path in it is kept when it ends in a slash. */
  baseUrl: string;
  /** For a server that asks for one: sent in the Authorization header of every call, and nowhere else. */
  token?: string | undefined;
  /** Node's own when absent. */
  fetch?: typeof fetch;
  /** How to wait before a call is tried again; without it nothing is, and a stream of events ends with its connection. */
  retrying?: Retrying;
}

export interface JobsQuery extends PageOptions {
  states?: readonly JobState[];
  queue?: string;
  /** With a `*` at its end: what names begin with. */
  name?: string;
  labels?: Record<string, string>;
}

export interface QueueOptions extends PageOptions {
  /** Where to begin, 0 when absent; not together with a cursor. */
  position?: number;
}

export interface DeliveriesQuery extends PageOptions {
  state?: DeliveryState;
}

export interface PodGroupsQuery extends PageOptions {
  namespace?: string;
  ready?: boolean;
}

export interface WorkloadsQuery extends PageOptions {
  kind?: WatchedKind;
  namespace?: string;
  /** Only the unhealthy ones, as long as this is not false. */
  unhealthy?: boolean;
}

export interface WorkloadsPage extends Page<WorkloadHealthDocument> {
  /** Over everything that is watched, whatever the filters. */
  counts: Omit<WorkloadsDocument, 'workloads'>;
}

export interface SubmitOptions {
  /** 1 to 255 characters; with one a lost answer is asked for again, and the job is there once. */
  idempotencyKey?: string;
}

export interface SubmitStreamOptions {
  /** The same lines sent again with it, as after a lost connection, get their first answers. */
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
}

export interface WaitOptions {
  /** 0 to 45, the server's 30 when absent: ask again for longer. */
  timeoutSeconds?: number;
  signal?: AbortSignal | undefined;
}

export interface LogOptions {
  follow?: boolean | undefined;
  /** Lines from the end. */
  tail?: number | undefined;
  container?: string | undefined;
  attempt?: number | undefined;
  timestamps?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Every call rejects with a Problem (the server refused) or with ServerUnreachable (no server answered). Calls that only
 * read, and submissions with a key, are tried again first.
 */
export interface Client {
  /** Resolves when the job is on the server's disk. */
  submit(submission: SubmissionDocument, options?: SubmitOptions): Promise<SubmittedDocument>;
  /** All of them or none; up to 10,000. */
  submitAll(submissions: readonly SubmissionDocument[], options?: SubmitOptions): Promise<SubmittedDocument[]>;
  /** Any number, an answer for each, in their order. When the connection breaks, the jobs that were answered are there. */
  submitStream(
    submissions: AsyncIterable<object> | Iterable<object>,
    options?: SubmitStreamOptions,
  ): AsyncIterable<BatchLineDocument>;
  get(jobId: string): Promise<JobDocument>;
  /** Newest first. */
  list(query?: JobsQuery): Promise<Page<JobDocument>>;
  /** In dispatch order. */
  pending(page?: PageOptions): Promise<Page<QueueEntryDocument>>;
  /** In order of dispatch. */
  running(page?: PageOptions): Promise<Page<QueueEntryDocument>>;
  /** Pending jobs in dispatch order as `list` shows them, from any position on. */
  queue(page?: QueueOptions): Promise<Page<JobDocument>>;
  /** Finished jobs, the newest end first. */
  finished(page?: PageOptions): Promise<Page<JobDocument>>;
  /** The job when it is finished, or as it is after the timeout. */
  wait(jobId: string, options?: WaitOptions): Promise<JobDocument>;
  events(options?: EventsOptions): AsyncIterable<StreamedEvent>;
  /** The text in pieces as they arrive, not cut into lines. */
  logs(jobId: string, options?: LogOptions): AsyncIterable<string>;
  cancel(jobId: string): Promise<JobDocument>;
  reprioritise(jobId: string, priority: number): Promise<JobDocument>;
  hold(jobId: string): Promise<JobDocument>;
  release(jobId: string): Promise<JobDocument>;
  /** Runs a finished job again. */
  retry(jobId: string): Promise<JobDocument>;
  /** Stops dispatching; submissions and running jobs go on. */
  pause(): Promise<SettingsDocument>;
  resume(): Promise<SettingsDocument>;
  settings(): Promise<SettingsDocument>;
  /** How the server is, for support; needs the role `admin`. */
  snapshot(): Promise<SnapshotDocument>;
  configure(changes: Partial<SettingsDocument>): Promise<SettingsDocument>;
  createSchedule(schedule: NewScheduleDocument): Promise<ScheduleDocument>;
  schedules(page?: PageOptions): Promise<Page<ScheduleDocument>>;
  schedule(name: string): Promise<ScheduleDocument>;
  changeSchedule(name: string, changes: Partial<ScheduleFields>): Promise<ScheduleDocument>;
  /** The schedule as it was; its jobs stay. */
  deleteSchedule(name: string): Promise<ScheduleDocument>;
  /** Finish webhooks that have not arrived, oldest first. */
  deliveries(query?: DeliveriesQuery): Promise<Page<DeliveryDocument>>;
  /** Sends one again, with all its tries anew. */
  redeliver(deliveryId: string): Promise<DeliveryDocument>;
  /** Groups of pods in the order in which they were first seen. */
  podGroups(query?: PodGroupsQuery): Promise<Page<PodGroupDocument>>;
  podGroup(namespace: string, name: string): Promise<PodGroupDocument>;
  /** In the order in which they were first seen. */
  workloads(query?: WorkloadsQuery): Promise<WorkloadsPage>;
  /** With its Jobs, pods and containers. */
  workload(kind: WatchedKind, namespace: string, name: string): Promise<WorkloadTreeDocument>;
  workloadEvents(options?: WorkloadEventsOptions): AsyncIterable<StreamedWorkload>;
  /** What was saved of the newest Job of this name; without its log when `logs` is false. */
  result(namespace: string, job: string, options?: { logs?: boolean }): Promise<ResultDocument>;
  /** Rejects with a Problem (503) while the server accepts no jobs. */
  health(): Promise<HealthDocument>;
  /** Who is calling, and what he may do. */
  caller(): Promise<CallerDocument>;
}

/** Throws a TypeError for a token with characters that no token has; its message does not repeat the token. */
export function createClient({ baseUrl, token, retrying, fetch: given }: ClientOptions): Client {
  const transport: Transport = { baseUrl, fetch: given ?? fetch, headers: authorization(token) };
  const read = (path: string, signal?: AbortSignal): Promise<Answer> =>
    withRetries(retrying, () => call(transport, { method: 'GET', path, signal }), signal);
  const document = async <T>(path: string, signal?: AbortSignal): Promise<T> => (await read(path, signal)).body as T;
  const page = async <T>(path: string): Promise<Page<T>> => pageOf<T>(await read(path));
  const change = async <T>(method: string, path: string, body?: object): Promise<T> =>
    (await call(transport, { method, path, body })).body as T;
  const keyed = async <T>(path: string, body: object, { idempotencyKey }: SubmitOptions = {}): Promise<T> => {
    if (idempotencyKey === undefined) return change('POST', path, body);
    const request = { method: 'POST', path, body, headers: { 'idempotency-key': idempotencyKey } };
    return (await withRetries(retrying, () => call(transport, request))).body as T;
  };
  return {
    submit: (submission, options) => keyed('jobs', submission, options),
    submitAll: (submissions, options) => keyed('jobs/batch', submissions, options),
    submitStream: (submissions, options = {}) => batchLines(transport, submissions, options),
    get: (jobId) => document(jobPath(jobId)),
    list: (query = {}) => page(pathWith('jobs', jobsParameters(query))),
    pending: (options = {}) => page(pathWith('jobs/pending', pageParameters(options))),
    running: (options = {}) => page(pathWith('jobs/running', pageParameters(options))),
    queue: (options = {}) => page(pathWith('queue', queueParameters(options))),
    finished: (options = {}) => page(pathWith('jobs/finished', pageParameters(options))),
    wait: (jobId, options = {}) => document(waitPath(jobId, options), options.signal),
    events: (options = {}) => events(transport, retrying, options),
    logs: (jobId, options = {}) => logText(transport, retrying, jobId, options),
    cancel: (jobId) => change('DELETE', jobPath(jobId)),
    reprioritise: (jobId, priority) => change('PATCH', jobPath(jobId), { priority }),
    hold: (jobId) => change('PATCH', jobPath(jobId), { hold: true }),
    release: (jobId) => change('PATCH', jobPath(jobId), { hold: false }),
    retry: (jobId) => change('POST', `${jobPath(jobId)}/retry`),
    pause: () => change('POST', 'pause'),
    resume: () => change('POST', 'resume'),
    settings: () => document('settings'),
    snapshot: () => document('debug/snapshot'),
    configure: (changes) => change('PATCH', 'settings', changes),
    createSchedule: (schedule) => change('POST', 'schedules', schedule),
    schedules: (options = {}) => page(pathWith('schedules', pageParameters(options))),
    schedule: (name) => document(schedulePath(name)),
    changeSchedule: (name, changes) => change('PATCH', schedulePath(name), changes),
    deleteSchedule: (name) => change('DELETE', schedulePath(name)),
    deliveries: (query = {}) => page(pathWith('webhooks/deliveries', deliveriesParameters(query))),
    redeliver: (deliveryId) => change('POST', `webhooks/deliveries/${encodeURIComponent(deliveryId)}/redeliver`),
    podGroups: (query = {}) => page(pathWith('podgroups', podGroupsParameters(query))),
    podGroup: (namespace, name) => document(`podgroups/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`),
    workloads: async (query = {}) => workloadsPage(await read(pathWith('workloads', workloadsParameters(query)))),
    workload: (...path) => document(`workloads/${path.map(encodeURIComponent).join('/')}`),
    workloadEvents: (options = {}) => workloadEvents(transport, retrying, options),
    result: (namespace, job, options = {}) => document(resultPath(namespace, job, options)),
    health: () => document('health'),
    caller: () => document('whoami'),
  };
}

function authorization(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  const trimmed = token.trim(); // as it comes out of a file
  if (!/^[-A-Za-z0-9._~+/]+=*$/.test(trimmed)) throw new TypeError('the token has characters that no token has');
  return { authorization: `Bearer ${trimmed}` };
}

function jobPath(jobId: string): string {
  return `jobs/${encodeURIComponent(jobId)}`;
}

function schedulePath(name: string): string {
  return `schedules/${encodeURIComponent(name)}`;
}

function waitPath(jobId: string, { timeoutSeconds }: WaitOptions): string {
  const parameters = new URLSearchParams();
  if (timeoutSeconds !== undefined) parameters.set('timeout', String(timeoutSeconds));
  return pathWith(`${jobPath(jobId)}/wait`, parameters);
}

function queueParameters({ position, ...page }: QueueOptions): URLSearchParams {
  const parameters = pageParameters(page);
  if (position !== undefined) parameters.set('position', String(position));
  return parameters;
}

function deliveriesParameters({ state, ...page }: DeliveriesQuery): URLSearchParams {
  const parameters = pageParameters(page);
  if (state !== undefined) parameters.set('state', state);
  return parameters;
}

function podGroupsParameters({ namespace, ready, ...page }: PodGroupsQuery): URLSearchParams {
  const parameters = pageParameters(page);
  if (namespace !== undefined) parameters.set('namespace', namespace);
  if (ready !== undefined) parameters.set('ready', String(ready));
  return parameters;
}

function resultPath(namespace: string, job: string, { logs }: { logs?: boolean }): string {
  const parameters = new URLSearchParams();
  if (logs !== undefined) parameters.set('logs', String(logs));
  return pathWith(`results/${encodeURIComponent(namespace)}/${encodeURIComponent(job)}`, parameters);
}

function workloadsParameters({ kind, namespace, unhealthy, ...page }: WorkloadsQuery): URLSearchParams {
  const parameters = pageParameters(page);
  if (kind !== undefined) parameters.set('kind', kind);
  if (namespace !== undefined) parameters.set('namespace', namespace);
  if (unhealthy !== undefined) parameters.set('unhealthy', String(unhealthy));
  return parameters;
}

function workloadsPage({ body, headers }: Answer): WorkloadsPage {
  const { workloads, ...counts } = body as WorkloadsDocument;
  return { ...pageOf<WorkloadHealthDocument>({ body: workloads, headers }), counts };
}

function jobsParameters({ states = [], queue, name, labels = {}, ...page }: JobsQuery): URLSearchParams {
  const parameters = pageParameters(page);
  for (const state of states) parameters.append('state', state);
  if (queue !== undefined) parameters.set('queue', queue);
  if (name !== undefined) parameters.set('name', name);
  for (const [key, value] of Object.entries(labels)) parameters.append('label', `${key}=${value}`);
  return parameters;
}

async function* batchLines(
  transport: Transport,
  submissions: AsyncIterable<object> | Iterable<object>,
  { idempotencyKey, signal }: SubmitStreamOptions,
): AsyncIterable<BatchLineDocument> {
  const key = idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey };
  const headers = { 'content-type': 'application/x-ndjson', ...key };
  const request: Call = { method: 'POST', path: 'jobs/batch', stream: ndjson(submissions), headers, signal };
  for await (const line of linesOf(await open(transport, request))) {
    if (line !== '') yield JSON.parse(line) as BatchLineDocument;
  }
}

/** Opening is tried again; a stream that broke off is not, since nobody could tell which lines come twice. */
async function* logText(
  transport: Transport,
  retrying: Retrying | undefined,
  jobId: string,
  { signal, ...options }: LogOptions,
): AsyncIterable<string> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  const request: Call = { method: 'GET', path: pathWith(`${jobPath(jobId)}/logs`, parameters), signal };
  yield* textOf(await withRetries(retrying, () => open(transport, request), signal));
}
