// Requests that never become requests: what Node's HTTP parser or its timeouts give up on, answered as problem
// documents on the raw socket, which is closed then.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode, Refusal } from '../models/index.ts';
import { problemContentType, problemDocumentOf } from './problems.ts';

/** For Fastify's `clientErrorHandler`. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(responseText(refusalOf(error)), () => socket.destroy());
}

const refusalByCode: Record<string, { code: ErrorCode; detail: string }> = {
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', detail: 'The headers or the body did not arrive in time.' },
  HPE_HEADER_OVERFLOW: { code: 'headers_too_large', detail: 'The request line and headers are over 16 KiB.' },
};

function refusalOf(error: NodeJS.ErrnoException): Refusal {
  const known = refusalByCode[error.code ?? ''];
  return known ?? { code: 'bad_request', detail: `The request cannot be parsed: ${error.message}.` };
}

function responseText(refusal: Refusal): string {
  const document = problemDocumentOf(refusal);
  const body = JSON.stringify(document);
  return [
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status]}`,
    `Content-Type: ${problemContentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
