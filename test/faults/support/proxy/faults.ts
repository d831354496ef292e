// The vocabulary of the fault proxy: what it knows of a request, what it may do to it, and what it writes down.
// A script decides per request; it is a plain function, so a trial's seed can be all that it depends on.

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'delete' | 'other';

export interface ProxiedRequest {
  verb: Verb;
  method: string;
  path: string;
  query: URLSearchParams;
  /** The body as JSON; undefined when there is none. */
  body: unknown;
}

/** `undefined` lets the request pass. */
export type Script = (request: ProxiedRequest) => Fault | undefined;

export type Fault =
  /** Forwarded only after a while. */
  | { kind: 'delay'; ms: number }
  /** The connection is reset, nothing is forwarded. */
  | { kind: 'cut_before' }
  /** Forwarded and carried out, then the connection is reset instead of an answer. */
  | { kind: 'cut_after' }
  /** The connection is reset at once; the request is forwarded later all the same. */
  | { kind: 'late'; ms: number }
  /** Neither forwarded nor ever answered. */
  | { kind: 'hang_before' }
  /** Forwarded and carried out, never answered. */
  | { kind: 'hang_after' }
  /** Answered by the proxy; `executed`: forwarded and carried out before that. */
  | { kind: 'answer'; status: number; retryAfterSeconds?: number; executed?: boolean }
  /** Carried out; half of the answer's body comes, then the connection is reset. */
  | { kind: 'truncated' }
  /** Carried out; the answer is a 2xx whose body is not JSON. */
  | { kind: 'corrupt' }
  /** A watch that is opened and says nothing, ever. */
  | { kind: 'silent_stream' }
  /** A watch whose only line is the error event of a version that is too old. */
  | { kind: 'gone_stream' };

export interface Arrival {
  /** Since the proxy's start, in milliseconds. */
  at: number;
  /** Numbers the client's connections. */
  connection: number;
  /** Of the first request of a connection: when that was opened, for the request. */
  openedAt?: number;
  verb: Verb;
  method: string;
  path: string;
  fault?: Fault['kind'];
  /** What the client was answered, and when its answer began; absent while, or because, there was none. */
  status?: number;
  answeredAt?: number;
  /** What the answer asked for. */
  retryAfterMs?: number;
}

const itemOfJobsOrPods = /\/(jobs|pods)\/[^/]+$/;

export function verbOf(method: string, path: string, query: URLSearchParams): Verb {
  if (method === 'POST') return 'create';
  if (method === 'DELETE') return 'delete';
  if (method !== 'GET') return 'other';
  if (query.get('watch') === 'true') return 'watch';
  if (itemOfJobsOrPods.test(path)) return 'get';
  return /\/(jobs|pods)$/.test(path) ? 'list' : 'other';
}
