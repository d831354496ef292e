// Puts what Ajv reports into words: where (a JSON pointer, also for fields that are missing or unknown) and what is
// allowed there. One sentence per place, made from the schema that was broken, whichever of its keywords it was.
import type { ErrorObject } from 'ajv';
import type { FieldError } from '../models/index.ts';
import { wordsFor } from './rules.ts';

interface SchemaNode {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | readonly string[];
  pattern?: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  minProperties?: number;
  maxProperties?: number;
  properties?: Record<string, SchemaNode>;
}

/** RFC 6901, section 3. */
export function pointerTo(...keys: Array<string | number>): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The errors of a body, each place once. */
export function bodyErrors(errors: readonly ErrorObject[]): FieldError[] {
  const byPointer = new Map<string, FieldError>();
  for (const error of errors) {
    const detail = detailOf(error, 'field');
    const pointer = error.instancePath + pointerTo(...keyOf(error));
    if (detail !== undefined && !byPointer.has(pointer)) byPointer.set(pointer, { pointer, detail });
  }
  return [...byPointer.values()];
}

/** The errors of the query, each parameter once. */
export function parameterErrors(errors: readonly ErrorObject[]): FieldError[] {
  const byParameter = new Map<string, FieldError>();
  for (const error of errors) {
    const detail = detailOf(error, 'parameter');
    const parameter = keyOf(error)[0] ?? error.instancePath.split('/')[1] ?? '';
    if (detail !== undefined && !byParameter.has(parameter)) byParameter.set(parameter, { parameter, detail });
  }
  return [...byParameter.values()];
}

/** The key that the error is about when Ajv points at the object around it. */
function keyOf({ keyword, params, propertyName }: ErrorObject): string[] {
  if (propertyName !== undefined) return [propertyName];
  if (keyword === 'required') return [params.missingProperty as string];
  if (keyword === 'additionalProperties') return [params.additionalProperty as string];
  return [];
}

function detailOf(error: ErrorObject, noun: string): string | undefined {
  const schema = error.parentSchema as SchemaNode;
  if (error.keyword === 'propertyNames') return undefined; // its own error, about the key, is in the list too
  if (error.propertyName !== undefined) return `has a key that must be ${allowedBy({ ...schema, type: 'string' })}`;
  if (error.keyword === 'additionalProperties') {
    return `is not a ${noun} that is known here; allowed: ${Object.keys(schema.properties ?? {}).join(', ')}`;
  }
  if (error.keyword === 'minProperties' && schema.properties !== undefined) {
    return `must have at least one of ${Object.keys(schema.properties).join(', ')}`;
  }
  if (error.keyword === 'required') {
    const missing = schema.properties?.[error.params.missingProperty as string];
    return missing === undefined ? 'is required' : `is required and must be ${allowedBy(missing)}`;
  }
  return `must be ${allowedBy(schema)}`;
}

function allowedBy(schema: SchemaNode): string {
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'string':
      return allowedText(schema);
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `an integer from ${schema.minimum} to ${schema.maximum}`;
    case 'number':
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `an array of ${range(schema.minItems, schema.maxItems)} items`;
    case 'object':
      return allowedObject(schema);
    default:
      return wordsFor(schema.pattern ?? ''); // of several types, such as `start_after`
  }
}

function allowedText({ pattern, maxLength }: SchemaNode): string {
  if (pattern !== undefined) return wordsFor(pattern);
  return maxLength === undefined ? 'a string' : `a string of at most ${maxLength} characters`;
}

function allowedObject({ minProperties, maxProperties }: SchemaNode): string {
  if (minProperties === undefined && maxProperties === undefined) return 'an object';
  return `an object with ${range(minProperties, maxProperties)} fields`;
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  if (maximum === undefined) return `at least ${minimum}`;
  if (minimum === undefined) return `at most ${maximum}`;
  return minimum === maximum ? `exactly ${minimum}` : `${minimum} to ${maximum}`;
}
