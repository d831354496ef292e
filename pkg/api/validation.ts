// Compiles the schemas: bodies are taken literally (no coercion, nothing removed), query and path values arrive as text
// and are converted. All that is wrong is collected, but of a body with thousands of members only the first mistake is:
// telling sixty thousand would keep everybody else waiting. What Ajv reports is put into words by field-errors.ts.
import { Ajv, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { FastifyValidationResult } from 'fastify/types/schema.js';

const common = { verbose: true, addUsedSchema: false, allowUnionTypes: true } as const;

/** Formats in the schemas are for readers; what is checked are patterns. */
const withoutFormats = { validateFormats: false } as const;

const largestExplained = 2_000;

export function schemaCompiler(): FastifySchemaCompiler<object> {
  const first = new Ajv({ ...common, ...withoutFormats });
  const all = new Ajv({ ...common, ...withoutFormats, allErrors: true });
  const parameters = new Ajv({ ...common, ...withoutFormats, allErrors: true, coerceTypes: 'array' });
  return ({ schema, httpPart }) => {
    if (httpPart !== 'body') return parameters.compile(schema);
    return bodyCheck(first.compile(schema), all.compile(schema));
  };
}

/** A good body is looked at once, and a bad one a second time for the rest of what is wrong with it. */
function bodyCheck(first: ValidateFunction, all: ValidateFunction): FastifyValidationResult {
  const check: FastifyValidationResult = (body: unknown) => {
    if (first(body)) return true;
    const told = membersOf(body) > largestExplained ? first : all;
    if (told === all) all(body);
    check.errors = told.errors ?? null;
    return false;
  };
  return check;
}

/** Of the body and of what is directly in it: nothing in the schemas lies much deeper. */
function membersOf(body: unknown): number {
  const members = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null ? Object.values(value) : [];
  return members(body).reduce((sum: number, member) => sum + 1 + members(member).length, 0);
}
