// The small schemas that several documents share, and the helpers that make them from a rule.
// `allowed` becomes part of the description, so the docs and the error messages say the same.
import Type, { type TSchemaOptions } from 'typebox';
import { priorityMaximum, priorityMinimum } from '../../models/index.ts';
import type { TextRule } from '../rules.ts';

/** A string that follows `rule`. */
export function textOf(rule: TextRule, description: string, options: TSchemaOptions = {}) {
  return Type.String({ ...options, pattern: rule.pattern, description: `${description}; ${rule.allowed}.` });
}

/** One of these words. Not a union of constants: that form does not survive on the way to OpenAPI. */
export function oneOf<const Word extends string>(words: readonly Word[], description: string) {
  return Type.Unsafe<Word>({ type: 'string', enum: [...words], description });
}

export const timestamp = (description: string) =>
  Type.String({
    format: 'date-time',
    description: `${description}, RFC 3339 in UTC.`,
    examples: ['2026-11-04T09:30:00.000Z'],
  });

export const jobId = Type.String({
  format: 'uuid',
  description: 'The job’s id, a UUIDv7.',
  examples: ['019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3a'],
});

export const jobName = (description: string) => Type.String({ description, examples: ['job1'] });

export const priority = Type.Integer({ description: 'Higher runs first.', examples: [2] });

export const priorityInput = (options: TSchemaOptions = {}) =>
  Type.Integer({
    ...options,
    minimum: priorityMinimum,
    maximum: priorityMaximum,
    description: 'Higher runs first; ties run in order of acceptance.',
    examples: [2],
  });
