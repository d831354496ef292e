// The responses part of a route's schema: what it answers, and every problem that it can end in, by status.
import { type ErrorCode, errorCatalogue } from '../models/index.ts';
import { problemContentType, problemDocumentOf } from './problems.ts';

/** What any call can end in, whatever it does. */
const anywhere: readonly ErrorCode[] = ['bad_request', 'request_timeout', 'headers_too_large', 'internal'];

/** What any call can end in that the client may send a body with. */
export const bodyProblems: readonly ErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type'];

/** What any call that changes something can end in. */
export const writeProblems: readonly ErrorCode[] = ['store_unavailable', 'shutting_down'];

const retryAfter = {
  'Retry-After': { type: 'integer', description: 'Seconds to wait before trying again.', examples: [5] },
};

/** The problem responses of a route that can end in `codes`. */
export function problemResponses(codes: readonly ErrorCode[]): Record<number, object> {
  const all = [...anywhere, ...codes];
  const statuses = [...new Set(all.map((code) => errorCatalogue[code].status))];
  const withStatus = (status: number) => all.filter((code) => errorCatalogue[code].status === status);
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(status, withStatus(status))]));
}

function problemResponse(status: number, codes: readonly ErrorCode[]): object {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].when}`).join(' '),
    ...(status === 503 && { headers: retryAfter }),
    content: { [problemContentType]: { schema: { $ref: 'Problem#' }, examples } },
  };
}

function exampleOf(code: ErrorCode): object {
  return problemDocumentOf({ code, detail: errorCatalogue[code].when });
}
