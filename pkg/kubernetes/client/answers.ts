// From an HTTP answer, or its absence, to an ApiResult. The rule: a 4xx was read and refused; everything else that is
// not a success leaves open whether the request was carried out.
// https://kubernetes.io/docs/reference/using-api/api-concepts/, meta/v1 Status
import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import type { ApiResult } from '../cluster.ts';
import { isEntry } from './kubeconfig-file.ts';
import { parseRetryAfter } from './retry-gate.ts';

const longestErrorBytes = 65_536;
const longestMessage = 4_096;

export type Answer = Dispatcher.ResponseData;
type Failure = Exclude<ApiResult<never>, { outcome: 'ok' }>;

/** `read` turns the JSON of a success into the value, or undefined when it is not what was asked for. */
export async function readAnswer<T>(
  answer: Answer,
  nowMs: number,
  read: (body: unknown) => T | undefined,
): Promise<ApiResult<T>> {
  if (answer.statusCode < 200 || answer.statusCode > 299) return readFailure(answer, nowMs);
  const value = read(await answer.body.json());
  if (value !== undefined) return { outcome: 'ok', value };
  return { outcome: 'unknown', status: answer.statusCode, message: 'the answer is not a Kubernetes object' };
}

export async function readFailure(answer: Answer, nowMs: number): Promise<Failure> {
  const status = answer.statusCode;
  const { reason, message } = parseStatus(await boundedText(answer.body), status);
  const retryAfterMs = parseRetryAfter(answer.headers['retry-after'], nowMs);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status >= 400 && status < 500) return { outcome: 'refused', status, reason, message, ...wait };
  return { outcome: 'unknown', status, message, ...wait };
}

export function noAnswer(error: unknown): Failure {
  return { outcome: 'unknown', message: describeFailure(error) };
}

/** Network errors in short: the code where there is one, since messages are often empty. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError) return describeFailure(error.errors[0]);
  if (error instanceof SyntaxError) return 'the answer is not JSON';
  if (!(error instanceof Error)) return 'the request failed';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code && !error.message.includes(code) ? `${error.message} (${code})` : error.message;
}

function parseStatus(text: string, status: number): { reason: string; message: string } {
  const known = STATUS_CODES[status] ?? 'Unknown';
  const body = parseJson(text);
  if (!isEntry(body) || body.kind !== 'Status') {
    return { reason: known.replaceAll(' ', ''), message: text.trim().slice(0, 300) || known };
  }
  const reason = typeof body.reason === 'string' && body.reason !== '' ? body.reason : known.replaceAll(' ', '');
  const message = typeof body.message === 'string' && body.message !== '' ? body.message : known;
  return { reason, message: message.slice(0, longestMessage) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An error page may be of any size: what is over the limit is not read. */
async function boundedText(body: Answer['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > longestErrorBytes) break;
    }
  } catch {
    // The status is what counts; a body cut short only shortens the message.
  }
  return Buffer.concat(chunks).toString('utf8');
}
