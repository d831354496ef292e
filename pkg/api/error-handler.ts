// Everything that goes wrong inside Fastify ends here as a problem document: bad bodies, unknown paths and methods,
// and bugs, which are logged with their stack and answered without it.
import type { ErrorObject } from 'ajv';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, errorCatalogue, type Refusal } from '../models/index.ts';
import { AllowedMethods } from './allowed-methods.ts';
import { commonHeaders } from './common-headers.ts';
import { bodyErrors, parameterErrors } from './field-errors.ts';
import { invalid, jobNotFound, sendProblem } from './problems.ts';

export interface ErrorLog {
  error(fields: object, message: string): void;
}

/** Answers unknown paths and methods, and every error of the routes added from now on. */
export function handleErrors(app: FastifyInstance, logger: ErrorLog): void {
  const methods = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => methods.add(url, method));
  app.setNotFoundHandler((request, reply) => notFound(methods, request, reply));
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (request.is404) return notFound(methods, request, reply);
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
  const path = request.url.split('?', 1)[0] ?? '';
  const allowed = methods.of(path);
  if (allowed.length === 0 || allowed.includes(request.method)) {
    return sendProblem(reply, nothingAt(path));
  }
  const list = allowed.join(', ');
  reply.header('allow', list);
  return sendProblem(reply, { code: 'method_not_allowed', detail: `${path} takes ${list}, not ${request.method}.` });
}

function nothingAt(path: string): Refusal {
  return { code: 'not_found', detail: `There is nothing at ${path}.` };
}

const codeByFastifyCode: Record<string, ErrorCode> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_request',
};

/** The client's mistake, or undefined when it is ours. */
function refusalOf(error: FastifyError, request: FastifyRequest): Refusal | undefined {
  if (error.validation !== undefined) return validationRefusal(error, request);
  const code = codeByFastifyCode[error.code];
  if (code !== undefined) return { code, detail: detailOf(code, error, request) };
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500 ? { code: 'bad_request', detail: error.message } : undefined;
}

function validationRefusal(error: FastifyError, request: FastifyRequest): Refusal {
  const errors = error.validation as unknown as ErrorObject[];
  if (error.validationContext === 'body') return invalid(bodyErrors(errors));
  if (error.validationContext === 'querystring') return invalid(parameterErrors(errors));
  const id = Object.values(request.params as Record<string, string>).join();
  return id === '' ? nothingAt(request.url) : jobNotFound(id);
}

function detailOf(code: ErrorCode, error: FastifyError, request: FastifyRequest): string {
  if (code === 'unsupported_media_type') {
    const type = request.headers['content-type'];
    return `${type === undefined ? 'A body needs a content type' : `The content type is ${type}`}; send application/json.`;
  }
  return code === 'body_too_large' ? errorCatalogue[code].when : error.message;
}

function internal(error: FastifyError, request: FastifyRequest, logger: ErrorLog): Refusal {
  // Without the query: somebody may have put a token there.
  const url = request.url.split('?', 1)[0];
  logger.error({ err: error, method: request.method, url }, 'a request ended in an error of the server');
  return { code: 'internal', detail: 'The server made a mistake; its log has the details.' };
}
