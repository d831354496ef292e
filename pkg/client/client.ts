// The HTTP API as typed functions, for the command line and for other people's programs. Answers are the documents of
// the wire, unchanged; a refusal is thrown as a Problem with its code. Nothing is retried or cached here.
import type { JobState } from '../models/index.ts';
import type {
  HealthDocument,
  JobDocument,
  QueueEntryDocument,
  SettingsDocument,
  SubmissionDocument,
  SubmittedDocument,
} from './documents.ts';
import { type Answer, call, type Transport } from './transport.ts';

export interface ClientOptions {
  /** Such as `http://127.0.0.1:8000`; a path in it is kept when it ends in a slash. */
  baseUrl: string;
  /** For a server that asks for one: sent in the Authorization header of every call, and nowhere else. */
  token?: string | undefined;
  /** Node's own when absent. */
  fetch?: typeof fetch;
}

export interface PageOptions {
  /** 1 to 1000, 1000 when absent. */
  limit?: number;
  /** The `next` of the page before. */
  cursor?: string;
}

export interface JobsQuery extends PageOptions {
  states?: readonly JobState[];
  queue?: string;
  name?: string;
  labels?: Record<string, string>;
}

export interface Page<T> {
  items: T[];
  /** The cursor of the next page; absent on the last one. */
  next?: string;
  /** How many there are in all, when the server knows. */
  total?: number;
}

/** Every call rejects with a Problem (the server refused) or with ServerUnreachable (no server answered). */
export interface Client {
  /** Resolves when the job is on the server's disk. */
  submit(submission: SubmissionDocument): Promise<SubmittedDocument>;
  get(jobId: string): Promise<JobDocument>;
  /** Newest first. */
  list(query?: JobsQuery): Promise<Page<JobDocument>>;
  /** In dispatch order. */
  pending(page?: PageOptions): Promise<Page<QueueEntryDocument>>;
  /** In order of dispatch. */
  running(page?: PageOptions): Promise<Page<QueueEntryDocument>>;
  cancel(jobId: string): Promise<JobDocument>;
  reprioritise(jobId: string, priority: number): Promise<JobDocument>;
  hold(jobId: string): Promise<JobDocument>;
  release(jobId: string): Promise<JobDocument>;
  /** Runs a finished job again. */
  retry(jobId: string): Promise<JobDocument>;
  settings(): Promise<SettingsDocument>;
  configure(changes: Partial<SettingsDocument>): Promise<SettingsDocument>;
  /** Rejects with a Problem (503) while the server accepts no jobs. */
  health(): Promise<HealthDocument>;
}

/** Throws a TypeError for a token with characters that no token has; its message does not repeat the token. */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, token } = options;
  const transport: Transport = { baseUrl, fetch: options.fetch ?? fetch, headers: authorization(token) };
  const document = async <T>(method: string, path: string, body?: object): Promise<T> =>
    (await call(transport, method, path, body)).body as T;
  const page = async <T>(path: string, query: URLSearchParams): Promise<Page<T>> =>
    pageOf<T>(await call(transport, 'GET', `${path}?${query}`));
  return {
    submit: (submission) => document('POST', 'jobs', submission),
    get: (jobId) => document('GET', jobPath(jobId)),
    list: (query = {}) => page('jobs', jobsParameters(query)),
    pending: (options = {}) => page('jobs/pending', pageParameters(options)),
    running: (options = {}) => page('jobs/running', pageParameters(options)),
    cancel: (jobId) => document('DELETE', jobPath(jobId)),
    reprioritise: (jobId, priority) => document('PATCH', jobPath(jobId), { priority }),
    hold: (jobId) => document('PATCH', jobPath(jobId), { hold: true }),
    release: (jobId) => document('PATCH', jobPath(jobId), { hold: false }),
    retry: (jobId) => document('POST', `${jobPath(jobId)}/retry`),
    settings: () => document('GET', 'settings'),
    configure: (changes) => document('PATCH', 'settings', changes),
    health: () => document('GET', 'health'),
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

function pageParameters({ limit, cursor }: PageOptions): URLSearchParams {
  const parameters = new URLSearchParams();
  if (limit !== undefined) parameters.set('limit', String(limit));
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return parameters;
}

function jobsParameters({ states = [], queue, name, labels = {}, ...page }: JobsQuery): URLSearchParams {
  const parameters = pageParameters(page);
  for (const state of states) parameters.append('state', state);
  if (queue !== undefined) parameters.set('queue', queue);
  if (name !== undefined) parameters.set('name', name);
  for (const [key, value] of Object.entries(labels)) parameters.append('label', `${key}=${value}`);
  return parameters;
}

function pageOf<T>({ body, headers }: Answer): Page<T> {
  const page: Page<T> = { items: body as T[] };
  const link = /<([^>]*)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
  const next = link === undefined ? null : new URL(link, 'http://localhost').searchParams.get('cursor');
  const total = headers.get('x-total-count');
  if (next !== null) page.next = next;
  if (total !== null) page.total = Number(total);
  return page;
}
