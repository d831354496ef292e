// Every problem that a route can end in, by status, as its part of the OpenAPI document. A route's schema names
// their codes in `problems`; the responses are made only for the document, because a problem is sent as text: it needs no
// serializer, and compiling one for each route and status would be most of the time that a start takes.
import { type ErrorCode, errorCatalogue } from '../models/index.ts';
import type { Access } from './access.ts';
import { problemContentType, problemDocumentOf } from './problems.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** What this route can end in, beside what any can. */
    problems?: readonly ErrorCode[];
  }
}

/** What any call can end in, whatever it does. */
const anywhere: readonly ErrorCode[] = [
  'bad_request',
  'request_timeout',
  'headers_too_large',
  'internal',
  'answer_timeout',
];

/** What any call can end in that the client may send a body with. */
export const bodyProblems: readonly ErrorCode[] = [
  'invalid_json',
  'body_too_large',
  'unsupported_media_type',
  'overloaded',
];

/** What can be said against a job, whenever it is to run. */
export const jobProblems: readonly ErrorCode[] = [
  'validation_failed',
  'template_refused',
  'workload_kind_unavailable',
  'policy_refused',
  'webhook_refused',
];

/** What any call that reads jobs can end in. */
export const readProblems: readonly ErrorCode[] = ['store_unavailable'];

/** What any call that changes something can end in. */
export const writeProblems: readonly ErrorCode[] = ['store_unavailable', 'shutting_down'];

/** What any call that submits jobs can end in. */
export const submissionProblems: readonly ErrorCode[] = [
  ...jobProblems,
  'dependency_not_found',
  'idempotency_key_reused',
  ...writeProblems,
];

/** What a call can end in that needs a token. The least role cannot be too little. */
export function accessProblems(access: Access | undefined): readonly ErrorCode[] {
  if (access === undefined || access === 'anyone') return [];
  return access === 'read' ? ['unauthenticated'] : ['unauthenticated', 'forbidden'];
}

const retryAfter = {
  'Retry-After': { type: 'integer', description: 'Seconds to wait before trying again.', examples: [5] },
};

const challenge = {
  'WWW-Authenticate': {
    type: 'string',
    description: 'What is missing, in the words of RFC 6750.',
    examples: ['Bearer realm="kubejobs"'],
  },
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
    ...(codes.some((code) => code === 'unauthenticated' || code === 'forbidden') && { headers: challenge }),
    content: { [problemContentType]: { schema: { $ref: 'Problem#' }, examples } },
  };
}

function exampleOf(code: ErrorCode): object {
  return problemDocumentOf({ code, detail: errorCatalogue[code].when });
}
