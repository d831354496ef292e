// Everything that goes wrong inside Fastify ends here as a problem document: bad bodies, unknown paths and methods,
// and bugs, which are logged with their stack and answered without it.
import type { ErrorObject } from 'ajv';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCatalogue, type Refusal } from '../models/index.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { noRoomCode } from './body-budget.ts';
import { commonHeaders } from './common-headers.ts';
import { bodyErrors, parameterErrors } from './field-errors.ts';
import { deliveryNotFound, invalid, jobNotFound, sendProblem } from './problems.ts';

export interface ErrorLog {
  error(fields: object, message: string): void;
}

/** Answers unknown paths and methods, and every error of the routes added from now on. */
export function handleErrors(app: FastifyInstance, logger: ErrorLog): void {
  const methods = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => methods.add(url, method));
  app.setNotFoundHandler((request, reply) => notFound(methods, request, reply));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    // A pattern may take a path that has a route of its own for other methods: /jobs/pending is no job's path.
    const isElsewhere = error.validationContext === 'params' && !methods.of(pathOf(request)).includes(request.method);
    if (request.is404 || isElsewhere) return notFound(methods, request, reply);
    return sendProblem(reply, refusalOf(error, request) ?? internal(error, request, logger));
  });
}

/** For Fastify's `frameworkErrors`: what is wrong before a route is found. */
export function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const code: ErrorCode = error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'not_found' : 'bad_request';
  reply.headers(commonHeaders);
  sendProblem(reply, {
    code,
    detail: code === 'not_found' ? 'The path is too long.' : 'The path is not a valid URL path.',
  });
}

function notFound(methods: AllowedMethods, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  const allowed = methods.of(path);
  if (allowed.length === 0 || allowed.includes(request.method)) {
    return sendProblem(reply, nothingAt(path));
  }
  const list = allowed.join(', ');
  reply.header('allow', list);
  return sendProblem(reply, { code: 'method_not_allowed', detail: `${path} takes ${list}, not ${request.method}.` });
}

function nothingAt(path: string): Refusal {
  const bare = withoutEndSlashes(path);
  const hint =
    bare !== '' && bare !== path ? ` Paths have no slash at the end: ${bare}.` : ' The API is described at /docs.';
  return { code: 'not_found', detail: `There is nothing at ${path}.${hint}` };
}

/** Not by a regular expression: one that looks for the end takes quadratic time for a path of slashes. */
function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

const codeByFastifyCode: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
  [noRoomCode]: 'overloaded',
};

/** What a read of the service throws when the rows cannot be had now; see service.ts. */
const storeFailureName = 'StoreFailure';

/** Where Fastify's own words, or ours, tell more than the catalogue. */
const saysItself: readonly ErrorCode[] = ['invalid_json', 'bad_request'];

/** The client's mistake or the hour's, or undefined when it is ours. */
function refusalOf(error: FastifyError, request: FastifyRequest): Refusal | undefined {
  if (error.validation !== undefined) return validationRefusal(error, request);
  const code = codeByFastifyCode[error.code];
  if (code !== undefined) return { code, detail: detailOf(code, error, request), retryAfterSeconds: 1 };
  if (error.name === storeFailureName) return { code: 'store_unavailable', detail: error.message };
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? { code: 'bad_request', detail: error.message } : undefined;
}

function validationRefusal(error: FastifyError, request: FastifyRequest): Refusal {
  const errors = error.validation as unknown as ErrorObject[];
  if (error.validationContext === 'body') return invalid(bodyErrors(errors));
  if (error.validationContext === 'querystring' || error.validationContext === 'headers') {
    return invalid(parameterErrors(errors));
  }
  const parameters = request.params as Record<string, string>;
  const id = Object.values(parameters).join();
  if (id === '') return nothingAt(pathOf(request));
  if ('delivery_id' in parameters) return deliveryNotFound(id);
  const code = ofTheRoute(request);
  return code === undefined ? jobNotFound(id) : { code, detail: `There is nothing at ${pathOf(request)}.` };
}

/** What is missing when a path cannot be that of anything; undefined for a job. */
function ofTheRoute({ routeOptions }: FastifyRequest): ErrorCode | undefined {
  const code = routeOptions.schema?.problems?.find((each) => each.endsWith('_not_found'));
  return code === 'job_not_found' ? undefined : code;
}

function detailOf(code: ErrorCode, error: FastifyError, request: FastifyRequest): string {
  if (code === 'unsupported_media_type') {
    const type = request.headers['content-type'];
    return `${type === undefined ? 'A body needs a content type' : `The content type is ${type}`}; send application/json.`;
  }
  if (code === 'body_too_large') return tooLarge(request.routeOptions.bodyLimit);
  return saysItself.includes(code) ? error.message : errorCatalogue[code].when;
}

function tooLarge(bytes = 0): string {
  return `The request body is over ${Math.floor(bytes / 1_048_576)} MiB.`;
}

function internal(error: FastifyError, request: FastifyRequest, logger: ErrorLog): Refusal {
  // Without the query, where somebody may have put a token, and without what else hangs on the error, such as a body.
  const about = { method: request.method, url: pathOf(request), ...jobOf(request) };
  const fields = { ...about, error: error.stack ?? String(error) };
  logger.error(fields, 'a request ended in an error of the server');
  return { code: 'internal', detail: 'The server made a mistake; its log has the details.' };
}

/** The job that a call is about, under the name that it has in every line of the log. */
function jobOf({ params }: FastifyRequest): { jobId?: string } {
  const { job_id: jobId } = (params ?? {}) as { job_id?: unknown };
  return typeof jobId === 'string' ? { jobId } : {};
}
