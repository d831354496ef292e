// Whether a body is one that POST /jobs would take, away from any server: the same schema and the same rules.
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { FieldError, JobSubmission } from '../models/index.ts';
import { bodyErrors } from './field-errors.ts';
import { type SubmissionBody, submissionBody } from './schemas/submission.ts';
import { submissionErrors } from './submission-rules.ts';
import { schemaCompiler } from './validation.ts';
import { submissionOf } from './wire.ts';

export type BodyJudgement = { ok: true; submission: JobSubmission } | { ok: false; errors: FieldError[] };

let compiled: ValidateFunction | undefined;

export function judgeBody(body: unknown): BodyJudgement {
  compiled ??= schemaCompiler()({
    schema: submissionBody,
    httpPart: 'body',
    method: 'POST',
    url: '/jobs',
  }) as ValidateFunction;
  const errors = compiled(body)
    ? submissionErrors(body as SubmissionBody)
    : bodyErrors(compiled.errors as ErrorObject[]);
  return errors.length > 0 ? { ok: false, errors } : { ok: true, submission: submissionOf(body as SubmissionBody) };
}
