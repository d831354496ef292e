// The one body format: JSON in UTF-8. Keys that reach for an object's prototype are refused, not removed;
// bytes that are not UTF-8 are refused, not replaced. An empty body is no body.
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type JsonBody = { ok: true; value: unknown } | { ok: false; message: string };

/** Takes away Fastify's own parsers (its text/plain one would make a 400 of what is a 415). */
export function parseJsonOnly(app: FastifyInstance): void {
  const parse = jsonBodyParser(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => {
    const body: JsonBody = bytes.length === 0 ? { ok: true, value: undefined } : parse(bytes);
    if (body.ok) done(null, body.value);
    else done(invalidJson(body.message));
  });
}

/** Of bytes that are a body, or a line of one. */
export function jsonBodyParser(app: FastifyInstance): (bytes: Buffer) => JsonBody {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (bytes) => {
    if (!isUtf8(bytes)) return { ok: false, message: 'The body is not UTF-8.' };
    const text = bytes.toString();
    let result: JsonBody | undefined;
    // It calls back before it returns, and looks at no request.
    void parse(undefined as unknown as FastifyRequest, text, (error, value) => {
      result = error === null ? { ok: true, value } : { ok: false, message: reasonFor(text) };
    });
    return result ?? { ok: false, message: reasonFor(text) };
  };
}

function reasonFor(text: string): string {
  try {
    JSON.parse(text);
    return 'The keys "__proto__" and "constructor" with a "prototype" are refused.';
  } catch (error) {
    return withoutSnippet((error as Error).message);
  }
}

/** V8 shows the text around a mistake: `Unexpected token 'x', ..."alue":xyz}" is not valid JSON`. It may be a secret. */
function withoutSnippet(message: string): string {
  const quoted = [', "', ', ..."'].map((opening) => message.indexOf(opening)).filter((at) => at >= 0);
  return quoted.length === 0 ? message : message.slice(0, Math.min(...quoted));
}

function invalidJson(message: string): Error {
  return Object.assign(new Error(message), { code: 'FST_ERR_CTP_INVALID_JSON_BODY', statusCode: 400 });
}
