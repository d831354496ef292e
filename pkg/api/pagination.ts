// Pages of every list: `limit` and `cursor` in, `Link: rel="next"` and `X-Total-Count` out.
// A cursor is opaque to clients: the service's numbers as base64url. Anything else is refused, never guessed at.
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Answer } from '../models/index.ts';
import { accepted } from '../models/index.ts';
import { invalid } from './problems.ts';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import type { Page, PageRequest } from './service.ts';

const limitMaximum = 1000;
const longestCursor = 8;

export const pageParameters = {
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: limitMaximum,
      default: limitMaximum,
      description: 'How many at most.',
      examples: [100],
    }),
  ),
  cursor: Type.Optional(textOf(rules.cursor, 'Where to go on')),
};
export const pageQuery = Type.Object(pageParameters, { additionalProperties: false });
export type PageQuery = Static<typeof pageQuery>;

export const pageHeaders = {
  Link: {
    type: 'string',
    description: 'The next page (RFC 8288), `rel="next"`; absent on the last one.',
    examples: ['</jobs/pending?limit=1000&cursor=WzIsNF0>; rel="next"'],
  },
  'X-Total-Count': { type: 'integer', description: 'How many there are in all, when known.', examples: [1234] },
};

export function encodeCursor(numbers: readonly number[]): string {
  return Buffer.from(JSON.stringify(numbers)).toString('base64url');
}

/** The numbers of a cursor, or undefined when the server cannot have made it. */
export function decodeCursor(cursor: string): number[] | undefined {
  try {
    const numbers: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const valid = Array.isArray(numbers) && numbers.length > 0 && numbers.length <= longestCursor;
    return valid && numbers.every((number) => Number.isSafeInteger(number)) ? (numbers as number[]) : undefined;
  } catch {
    return undefined;
  }
}

export function pageRequestOf({ limit = limitMaximum, cursor }: PageQuery): Answer<PageRequest> {
  if (cursor === undefined) return accepted({ limit });
  const after = decodeCursor(cursor);
  if (after !== undefined) return accepted({ limit, after });
  return { ok: false, refusal: invalid([{ parameter: 'cursor', detail: `must be ${rules.cursor.allowed}` }]) };
}

/** Puts the page's headers on the reply; the link repeats the request's own filters. */
export function describePage(request: FastifyRequest, reply: FastifyReply, { next, total }: Page<unknown>): void {
  if (total !== undefined) reply.header('x-total-count', total);
  if (next === undefined) return;
  const [path, query] = request.url.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.delete('position'); // the cursor says where it goes on
  parameters.set('cursor', encodeCursor(next));
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}
