// The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): a request that is sent twice, because its answer
// was lost, is carried out once and answered twice. What a key stands for is kept by the service.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import type { IdempotencyKey } from './service.ts';

export const idempotencyHeader = Type.Object({
  'idempotency-key': Type.Optional(
    textOf(
      rules.idempotencyKey,
      'The same key and body within 24 hours get the first answer again, with `Idempotency-Replayed: true`',
      { examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'] },
    ),
  ),
});

export const replayedHeader = {
  'Idempotency-Replayed': {
    type: 'string',
    description: '`true` when this is the answer of an earlier request with the same key.',
  },
};

/** The fingerprint covers the route and the body as it was understood. */
export function idempotencyKeyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string') return undefined;
  const content = `${request.method} ${request.routeOptions.url} ${JSON.stringify(request.body)}`;
  return { key, fingerprint: createHash('sha256').update(content).digest('base64url') };
}
