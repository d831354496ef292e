// Turns a code of the error catalogue into an RFC 9457 problem document and sends it.
// Every error of the server leaves through here or, where there is no reply yet, through `problemText`.
import type { FastifyReply } from 'fastify';
import { type ErrorCode, errorCatalogue, type FieldError, type Refusal } from '../models/index.ts';
import type { ProblemDocument } from './schemas/problem.ts';

export const problemContentType = 'application/problem+json';
const retryAfterDefaultSeconds = 5;
const longestErrorList = 64;

/** Where the server describes this kind of problem. */
export function problemType(code: ErrorCode): string {
  return `/errors/${code}`;
}

export function problemDocumentOf(refusal: Refusal): ProblemDocument {
  const { status, title } = errorCatalogue[refusal.code];
  const document: ProblemDocument = {
    type: problemType(refusal.code),
    title,
    status,
    detail: refusal.detail,
    code: refusal.code,
  };
  if (refusal.errors !== undefined) document.errors = refusal.errors.slice(0, longestErrorList);
  return document;
}

/** Sends the problem; `extension` adds members that RFC 9457 leaves to the kind of problem. */
export function sendProblem(reply: FastifyReply, refusal: Refusal, extension: object = {}): FastifyReply {
  const document = problemDocumentOf(refusal);
  reply.code(document.status).header('content-type', problemContentType);
  if (document.status === 503) reply.header('retry-after', refusal.retryAfterSeconds ?? retryAfterDefaultSeconds);
  return reply.send(JSON.stringify({ ...document, ...extension }));
}

/** One refusal for all the bad fields of a request; its detail tells the first. */
export function invalid(errors: FieldError[]): Refusal {
  const first = errors[0];
  const where = first?.pointer === '' ? 'the body' : (first?.pointer ?? first?.parameter ?? 'the request');
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return { code: 'validation_failed', detail: `${where} ${first?.detail ?? 'is not valid'}${more}`, errors };
}

export function jobNotFound(jobId: string): Refusal {
  return { code: 'job_not_found', detail: `There is no job with the id ${jobId}.` };
}

export function deliveryNotFound(deliveryId: string): Refusal {
  return { code: 'delivery_not_found', detail: `There is no delivery ${deliveryId}.` };
}
