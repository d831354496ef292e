// The document about the caller.
import Type, { type Static } from 'typebox';
import { roles } from '../../models/index.ts';
import { oneOf } from './common.ts';

export const callerDocument = Type.Object(
  {
    authentication: oneOf(['none', 'tokens'], 'What the server asks for.'),
    name: Type.Optional(Type.String({ description: 'The name of the token.', examples: ['ci'] })),
    role: oneOf(roles, 'What the caller may do.'),
  },
  { $id: 'Caller', description: 'Who is calling.' },
);
export type CallerDocument = Static<typeof callerDocument>;

export const callerSchemas = [callerDocument];
