// POST /jobs/batch: many jobs in one request. An array is taken as a whole or not at all; lines of JSON are taken one by
// one for as long as they come.
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type from 'typebox';
import { errorsWithin } from '../models/index.ts';
import { answerLines } from './batch-lines.ts';
import { idempotencyHeader, idempotencyKeyOf, replayedHeader } from './idempotency.ts';
import { hasJsonLines, jsonLinesType, takeJsonLines } from './json-lines.ts';
import { jsonBodyParser } from './json-parser.ts';
import type { ServerLimits } from './limits.ts';
import { invalid, sendProblem } from './problems.ts';
import { inTraceOf } from './request-traces.ts';
import { bodyProblems, submissionProblems } from './responses.ts';
import { type SubmissionBody, submissionBody } from './schemas/submission.ts';
import type { JobService } from './service.ts';
import { letStream } from './streamed-requests.ts';
import { submissionErrors } from './submission-rules.ts';
import { submissionOf, submittedDocumentOf } from './wire.ts';

const mostJobs = 10_000;

export interface BatchRoutesDeps {
  service: JobService;
  limits: Pick<ServerLimits, 'batchBytes' | 'bodyBytes'>;
}

const schema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'submitJobs',
  summary: 'Submit many jobs',
  description:
    'A JSON array is accepted as a whole, in its order, or refused as a whole. Newline-delimited JSON may be of any ' +
    'length: it is read as it comes, each line is a submission of its own, and has a line of the answer, in the same ' +
    'order: what POST /jobs answers with its line number, or `{"line": 2, "error": {problem}}`. Read the answer while you ' +
    'send: nothing more is read while the answers are not. With an `Idempotency-Key` the same request can be sent again ' +
    'after it broke off: lines that were accepted before get their first answer.',
  headers: idempotencyHeader,
  body: {
    content: {
      'application/json': {
        schema: Type.Array(submissionBody, {
          minItems: 1,
          maxItems: mostJobs,
          examples: [[{ name: 'job1' }, { name: 'job2' }]],
        }),
      },
      [jsonLinesType]: {
        schema: Type.Unsafe<string>({ description: 'A submission on each line, at most 1 MiB long.' }),
      },
    },
  },
  response: {
    200: {
      description: 'The answers to lines, a line each.',
      content: { [jsonLinesType]: { schema: { type: 'string' } } },
    },
    201: {
      description: 'All jobs of the array are accepted and on disk.',
      headers: replayedHeader,
      content: { 'application/json': { schema: { type: 'array', items: { $ref: 'Submitted#' } } } },
    },
  },
  problems: [...bodyProblems, ...submissionProblems],
};

/** In a scope of their own, for no other route takes lines. */
export function batchRoutes(app: FastifyInstance, { service, limits }: BatchRoutesDeps): void {
  app.register(async (scope) => {
    takeJsonLines(scope);
    const lines = { service, parse: jsonBodyParser(app), longestLine: limits.bodyBytes };
    const options = { schema, config: { access: 'submit' }, bodyLimit: limits.batchBytes } as const;
    scope.post<{ Body: SubmissionBody[] | Readable }>('/jobs/batch', options, async (request, reply) => {
      const { body } = request;
      if (!Array.isArray(body)) {
        if (!hasJsonLines(request)) return sendProblem(reply, invalid([{ pointer: '', detail: 'must be an array' }]));
        letStream(request.raw);
        const key = request.headers['idempotency-key'] as string | undefined;
        return reply
          .type(jsonLinesType)
          .send(Readable.from(answerLines({ ...lines, dress: (each) => inTraceOf(request, each) }, body, key)));
      }
      const errors = body.flatMap((each, index) => errorsWithin(`/${index}`, submissionErrors(each)));
      if (errors.length > 0) return sendProblem(reply, invalid(errors));
      const submissions = body.map((each) => inTraceOf(request, submissionOf(each)));
      const answer = await service.submitAll(submissions, idempotencyKeyOf(request));
      if (!answer.ok) return sendProblem(reply, answer.refusal);
      if (answer.value.replayed) reply.header('idempotency-replayed', 'true');
      return reply.code(201).send(answer.value.jobs.map(submittedDocumentOf));
    });
  });
}
