// One HTTP call: JSON out, JSON in, and every way to fail as one of the two errors. Knows no routes.
import { isProblemDocument, Problem, ServerUnreachable } from './errors.ts';

export interface Transport {
  baseUrl: string;
  fetch: typeof fetch;
  /** Of every call. */
  headers: Record<string, string>;
}

export interface Answer {
  body: unknown;
  headers: Headers;
}

export async function call(transport: Transport, method: string, path: string, body?: object): Promise<Answer> {
  const response = await send(transport, method, path, body);
  const answer = parsed(await textOf(transport, response));
  if (response.ok && answer !== undefined) return { body: answer, headers: response.headers };
  if (isProblemDocument(answer)) throw new Problem(answer, secondsOf(response.headers.get('retry-after')));
  throw new ServerUnreachable(transport.baseUrl, `something else answered with status ${response.status}`);
}

async function send(transport: Transport, method: string, path: string, body?: object): Promise<Response> {
  const { baseUrl, fetch } = transport;
  const headers = { ...transport.headers, ...(body && { 'content-type': 'application/json' }) };
  try {
    return await fetch(new URL(path, baseUrl), { method, headers, ...(body && { body: JSON.stringify(body) }) });
  } catch (error) {
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
