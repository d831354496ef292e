// Answers that no route gives: to what Node's HTTP parser or its timeouts give up on, on the bare socket, which is closed
// then; and to requests whose handler does not come to an end.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, errorCatalogue, type Refusal } from '../models/index.ts';
import { commonHeaders } from './common-headers.ts';
import { problemContentType, problemDocumentOf } from './problems.ts';

/** For Fastify's `clientErrorHandler`. */
export function answerParserError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(responseText(refusalOf(error)), () => socket.destroy());
}

/** For requests whose body takes too long to arrive. */
export function answerLate(socket: Socket): void {
  answerParserError(Object.assign(new Error('the body is late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
}

/** For requests that have waited too long; what the handler answers later is ignored. */
export function answerOverdue(response: ServerResponse): void {
  const code = 'answer_timeout';
  const document = problemDocumentOf({ code, detail: errorCatalogue[code].when });
  response.writeHead(document.status, { 'content-type': problemContentType, ...commonHeaders, connection: 'close' });
  response.end(JSON.stringify(document));
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
