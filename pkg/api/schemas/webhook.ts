// The documents about finish webhooks.
import Type, { type Static } from 'typebox';
import { deliveryStates } from '../../models/index.ts';
import { jobId, oneOf, timestamp } from './common.ts';

export const deliveryId = Type.String({
  format: 'uuid',
  description: 'The delivery’s id, a UUIDv7; the receiver sees it as `delivery_id` and in `Kubejobs-Delivery`.',
  examples: ['019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3c'],
});

export const deliveryDocument = Type.Object(
  {
    delivery_id: deliveryId,
    job_id: jobId,
    url: Type.String({ description: 'Who is called.', examples: ['https://hooks.example/finished'] }),
    state: oneOf(deliveryStates, '`pending` is tried again by itself, `failed` is not.'),
    created_at: timestamp('When the job had finished'),
    tries: Type.Integer({ description: 'How often it was tried.', examples: [1] }),
    next_try_at: Type.Optional(timestamp('When it is tried next')),
    last_try_at: Type.Optional(timestamp('When it was last tried')),
    last_status: Type.Optional(Type.Integer({ description: 'The status of the last answer.', examples: [503] })),
    last_error: Type.Optional(Type.String({ description: 'What was wrong with the last try, for people.' })),
  },
  { $id: 'Delivery', description: 'A message about a finished job that has not arrived.' },
);
export type DeliveryDocument = Static<typeof deliveryDocument>;

export const webhookSchemas = [deliveryDocument];
