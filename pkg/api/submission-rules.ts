// The rules of a submission that a schema cannot say: fields that exclude each other, keys that are the server's own,
// sizes over several values. Runs after the schema has passed, and costs nothing for a body without such fields.
import type { FieldError, WorkloadManifest } from '../models/index.ts';
import { pointerTo } from './field-errors.ts';
import { rules } from './rules.ts';
import type { SubmissionBody } from './schemas/submission.ts';
import { manifestErrors } from './workload-rules.ts';

const deepestTemplate = 64;
const annotationBytesMaximum = 262_144;
const ourPrefix = 'kubejobs.io/';
/** The marks of saved results. */
const resultPrefix = 'job-handler/';

/** What a template already says. */
const containerFields = ['image', 'command', 'args', 'env', 'resources', 'completions', 'parallelism'] as const;

/** The annotations under our prefix that a client may set. */
const settableAnnotations = new Map([
  ['kubejobs.io/podgroup-size', { ...rules.podGroupSize, expression: new RegExp(rules.podGroupSize.pattern) }],
  ['kubejobs.io/simulate-duration', { ...rules.duration, expression: new RegExp(rules.duration.pattern) }],
  ['kubejobs.io/simulate-exit-code', { ...rules.exitCode, expression: new RegExp(rules.exitCode.pattern) }],
]);

/** All that is wrong with a body that fits its schema; empty when it can be accepted. */
export function submissionErrors(body: SubmissionBody): FieldError[] {
  const errors: FieldError[] = [];
  if (body.template !== undefined) errors.push(...wholeErrors(body, 'template', body.template));
  if (body.workload !== undefined) errors.push(...workloadErrors(body, body.workload));
  if (body.env !== undefined) errors.push(...environmentErrors(body.env));
  if (body.labels !== undefined) errors.push(...labelErrors(body.labels));
  if (body.annotations !== undefined) errors.push(...annotationErrors(body.annotations));
  if (body.parallelism !== undefined && body.completions === undefined) {
    errors.push({ pointer: '/parallelism', detail: 'needs completions: how many pods have to succeed' });
  }
  if (typeof body.start_after === 'string' && Number.isNaN(Date.parse(body.start_after))) {
    errors.push({ pointer: '/start_after', detail: 'must be a time that exists' });
  }
  if (body.after !== undefined) errors.push(...dependencyErrors(body.after));
  if (body.results && body.workload !== undefined && body.workload.kind !== 'Job') {
    errors.push({ pointer: '/results', detail: 'is only for jobs that run as a Job: leave it out' });
  }
  return errors;
}

function workloadErrors(body: SubmissionBody, manifest: WorkloadManifest): FieldError[] {
  const { labels = {}, annotations = {} } = manifest.metadata ?? {};
  const both = { pointer: '/template', detail: 'cannot be given together with workload: leave one of them out' };
  return [
    ...(body.template === undefined ? [] : [both]),
    ...wholeErrors(body, 'workload', manifest),
    ...labelErrors(labels, 'workload', 'metadata'),
    ...annotationErrors(annotations, 'workload', 'metadata'),
    ...manifestErrors(body, manifest),
  ];
}

/** Of a template or a manifest: it already says what the simple fields would. */
function wholeErrors(body: SubmissionBody, whole: 'template' | 'workload', value: object): FieldError[] {
  const errors = containerFields
    .filter((field) => body[field] !== undefined)
    .map((field) => ({
      pointer: pointerTo(field),
      detail: `cannot be given together with ${whole}: put ${field} into the ${whole}, or leave ${whole} out`,
    }));
  return deeperThan(value, deepestTemplate) ? [...errors, tooDeep(pointerTo(whole))] : errors;
}

function dependencyErrors(after: NonNullable<SubmissionBody['after']>): FieldError[] {
  const ids = after.map((dependency) => dependency.job_id.toLowerCase());
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index ? [] : [{ pointer: pointerTo('after', index, 'job_id'), detail: 'names a job twice' }],
  );
}

function environmentErrors(env: NonNullable<SubmissionBody['env']>): FieldError[] {
  return env.flatMap(({ value, valueFrom }, index): FieldError[] => {
    if (valueFrom === undefined) return [];
    const pointer = pointerTo('env', index, 'valueFrom');
    if (value !== undefined) return [{ pointer, detail: 'cannot be given together with value: leave one of them out' }];
    return deeperThan(valueFrom, deepestTemplate) ? [tooDeep(pointer)] : [];
  });
}

function labelErrors(labels: Record<string, string>, ...at: string[]): FieldError[] {
  return Object.keys(labels)
    .filter((key) => key.startsWith(ourPrefix) || key.startsWith(resultPrefix))
    .map((key) => ({
      pointer: pointerTo(...at, 'labels', key),
      detail: key.startsWith(ourPrefix)
        ? `is the server’s own: labels under ${ourPrefix} cannot be set`
        : ownedByResults('labels'),
    }));
}

function annotationErrors(annotations: Record<string, string>, ...at: string[]): FieldError[] {
  const errors = Object.entries(annotations).flatMap(([key, value]) => {
    return annotationError(pointerTo(...at, 'annotations', key), key, value);
  });
  const bytes = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= annotationBytesMaximum) return errors;
  return [
    ...errors,
    { pointer: pointerTo(...at, 'annotations'), detail: `must be at most ${annotationBytesMaximum} bytes together` },
  ];
}

function annotationError(pointer: string, key: string, value: string): FieldError[] {
  if (key.startsWith(resultPrefix)) return [{ pointer, detail: ownedByResults('annotations') }];
  if (!key.startsWith(ourPrefix)) return [];
  const rule = settableAnnotations.get(key);
  if (rule === undefined) {
    const allowed = [...settableAnnotations.keys()].join(', ');
    return [{ pointer, detail: `is the server’s own; annotations under ${ourPrefix} that can be set: ${allowed}` }];
  }
  return rule.expression.test(value) ? [] : [{ pointer, detail: `must be ${rule.allowed}` }];
}

function ownedByResults(what: 'labels' | 'annotations'): string {
  return `is the server’s own: ${what} under ${resultPrefix} cannot be set; for a saved result say "results": true`;
}

function tooDeep(pointer: string): FieldError {
  return { pointer, detail: `must be at most ${deepestTemplate} levels deep` };
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => deeperThan(child, levels - 1));
}
