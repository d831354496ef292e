// Compiles the schemas: bodies are taken literally (no coercion, nothing removed, every error collected), query and path
// values arrive as text and are converted. What Ajv reports is put into words by field-errors.ts.
import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';

const common = { verbose: true, allErrors: true, addUsedSchema: false } as const;

/** Formats in the schemas are for readers; what is checked are patterns. */
const withoutFormats = { validateFormats: false } as const;

export function schemaCompiler(): FastifySchemaCompiler<object> {
  const bodies = new Ajv({ ...common, ...withoutFormats });
  const parameters = new Ajv({ ...common, ...withoutFormats, coerceTypes: 'array' });
  return ({ schema, httpPart }) => (httpPart === 'body' ? bodies : parameters).compile(schema);
}
