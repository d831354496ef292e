// One HTTP call: JSON out, JSON or a stream in, and every way to fail as one of the two errors. Knows no routes, and
// tries once: retry.ts decides about more.
import { isProblemDocument, Problem, ServerUnreachable } from './errors.ts';

export interface Transport {
  baseUrl: string;
  fetch: typeof fetch;
  /** Of every call. */
  headers: Record<string, string>;
}

export interface Call {
  method: string;
  path: string;
  /** Sent as JSON. */
  body?: object | undefined;
  /** Sent as it is, with its content type among `headers`. */
  stream?: ReadableStream<Uint8Array>;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export interface Answer {
  body: unknown;
  headers: Headers;
}

export async function call(transport: Transport, request: Call): Promise<Answer> {
  const response = await send(transport, request);
  const answer = parsed(await textOf(transport, response));
  if (response.ok && answer !== undefined) return { body: answer, headers: response.headers };
  throw failureOf(transport, response, answer);
}

/** The text of an answer as it comes, not yet decoded. Ends quietly when the signal is aborted. */
export async function open(transport: Transport, request: Call): Promise<AsyncIterable<Uint8Array>> {
  const response = await send(transport, request);
  if (!response.ok) throw failureOf(transport, response, parsed(await textOf(transport, response)));
  return chunksOf(transport, response, request.signal);
}

async function* chunksOf(
  { baseUrl }: Transport,
  { body }: Response,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  try {
    if (body !== null) yield* piecesOf(body);
  } catch (error) {
    if (signal?.aborted) return;
    throw new ServerUnreachable(baseUrl, `its answer broke off (${causeOf(error)})`, { cause: error });
  }
}

/** By a reader: not every browser can iterate a stream. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) yield piece.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function failureOf({ baseUrl }: Transport, { status, headers }: Response, answer: unknown): Error {
  if (isProblemDocument(answer)) return new Problem(answer, secondsOf(headers.get('retry-after')));
  return new ServerUnreachable(baseUrl, `something else answered with status ${status}`, { status });
}

async function send({ baseUrl, fetch, headers }: Transport, request: Call): Promise<Response> {
  const { method, path, body, stream, signal } = request;
  const json = body && { 'content-type': 'application/json' };
  const init = {
    method,
    headers: { ...headers, ...json, ...request.headers },
    ...(body && { body: JSON.stringify(body) }),
    ...(stream && { body: stream, duplex: 'half' as const }),
    ...(signal && { signal }),
  };
  try {
    return await fetch(new URL(path, baseUrl), init);
  } catch (error) {
    signal?.throwIfAborted();
    throw new ServerUnreachable(baseUrl, causeOf(error), { cause: error });
  }
}

async function textOf({ baseUrl }: Transport, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw new ServerUnreachable(baseUrl, `its answer broke off (${causeOf(error)})`, { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the reason (connection refused, no such host) in the cause of its error. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
}

function secondsOf(header: string | null): number | undefined {
  const seconds = Number(header ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}
