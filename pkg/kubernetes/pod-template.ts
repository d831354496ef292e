// Looking into a JobSpec that came from outside: nothing in it is certain to be there or of the right shape.
import type { JobTemplate } from '../models/index.ts';

/** The job's name as it was submitted, for people and for the built-in template, which prints it. */
export const jobNameAnnotation = 'kubejobs.io/job-name';

type Fields = Record<string, unknown>;

/** The regular containers of a JobSpec's pod template; empty when it has none. */
export function containersOf(template: JobTemplate): Fields[] {
  const { containers } = fields(fields(fields(template).template).spec);
  return Array.isArray(containers) ? containers.map(fields) : [];
}

/** The value when it is a JSON object, else an empty one. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
