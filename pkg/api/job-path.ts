// The path of one job, and the answer of the routes that show it.
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { rules } from './rules.ts';
import { jobId } from './schemas/common.ts';

export const jobPath = Type.Object({ job_id: Type.String({ ...jobId, pattern: rules.uuid.pattern }) });
export type JobPath = Static<typeof jobPath>;

export function jobIdOf({ params }: FastifyRequest<{ Params: JobPath }>): string {
  return params.job_id.toLowerCase();
}

export const jobResponse = {
  200: {
    description: 'The job as it is now.',
    content: { 'application/json': { schema: { $ref: 'Job#' } } },
  },
};
