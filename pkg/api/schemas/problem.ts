// RFC 9457 problem documents, the one shape of every error, and the catalogue's entries as documents.
import Type, { type Static } from 'typebox';
import { type ErrorCode, errorCatalogue } from '../../models/index.ts';
import { oneOf } from './common.ts';

export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

const fieldErrorDocument = Type.Object(
  {
    pointer: Type.Optional(
      Type.String({ description: 'Where in the body, an RFC 6901 JSON pointer.', examples: ['/priority'] }),
    ),
    parameter: Type.Optional(Type.String({ description: 'Which query parameter.', examples: ['limit'] })),
    detail: Type.String({
      description: 'What is allowed there.',
      examples: ['must be an integer from -1000000 to 1000000'],
    }),
  },
  { $id: 'FieldError', description: 'One bad field.' },
);
export type FieldErrorDocument = Static<typeof fieldErrorDocument>;

const problemFields = {
  type: Type.String({
    format: 'uri-reference',
    description: 'Names the kind of problem; the server describes it at this path.',
    examples: ['/errors/validation_failed'],
  }),
  title: Type.String({ description: 'The kind of problem in words.', examples: ['The request is not valid'] }),
  status: Type.Integer({ description: 'The HTTP status.', examples: [400] }),
  detail: Type.String({
    description: 'What is wrong with this request.',
    examples: ['/priority must be an integer from -1000000 to 1000000'],
  }),
  code: oneOf(errorCodes, 'The kind of problem as a word for programs.'),
};

export const problemDocument = Type.Object(
  {
    ...problemFields,
    errors: Type.Optional(
      Type.Array(Type.Unsafe<FieldErrorDocument>({ $ref: 'FieldError#' }), {
        maxItems: 64,
        description: 'Each bad field, the first 64.',
      }),
    ),
  },
  { $id: 'Problem', description: 'What went wrong (RFC 9457).' },
);
export type ProblemDocument = Static<typeof problemDocument>;

export const errorDocument = Type.Object(
  {
    code: problemFields.code,
    status: problemFields.status,
    title: problemFields.title,
    when: Type.String({ description: 'When it happens.', examples: ['No job has this `job_id`.'] }),
  },
  { $id: 'ErrorDefinition', description: 'A line of the error catalogue.' },
);
export type ErrorDocument = Static<typeof errorDocument>;

export const problemSchemas = [fieldErrorDocument, problemDocument, errorDocument];
