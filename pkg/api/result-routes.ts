// GET /results/{namespace}/{job}: what was saved of a finished Job, the queue's or anybody's.
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import type { ResultService, ResultView } from './result-service.ts';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import type { ResultDocument } from './schemas/result.ts';

const resultPath = Type.Object({
  namespace: textOf(rules.dnsLabel, 'The Job’s namespace', { examples: ['default'] }),
  job: Type.String({ minLength: 1, maxLength: 253, description: 'The Job’s name.', examples: ['nightly-29384756'] }),
});
const resultQuery = Type.Object(
  { logs: Type.Optional(Type.Boolean({ default: true, description: 'With the logs, which may be large.' })) },
  { additionalProperties: false },
);

const schema: FastifySchema = {
  tags: ['results'],
  operationId: 'getResult',
  summary: 'Read the saved result of a finished Job',
  description:
    'Of the newest Job of this name that has the label `job-handler/enabled: "true"`, whoever made it; the Job and its pods ' +
    'may be gone.',
  params: resultPath,
  querystring: resultQuery,
  response: {
    200: { description: 'The result.', content: { 'application/json': { schema: { $ref: 'Result#' } } } },
  },
  problems: ['validation_failed', 'result_not_found', 'result_unavailable', 'controller_off', ...readProblems],
};

export function resultRoutes(app: FastifyInstance, results: ResultService | undefined): void {
  app.get<{ Params: Static<typeof resultPath>; Querystring: Static<typeof resultQuery> }>(
    '/results/:namespace/:job',
    { schema, config: { access: 'read' } },
    async ({ params, query }, reply) => {
      if (results === undefined) {
        const detail = 'This server does not save results: add results to its --controllers.';
        return sendProblem(reply, { code: 'controller_off', detail });
      }
      const answer = await results.result(params.namespace, params.job, { logs: query.logs ?? true });
      return answer.ok ? reply.send(documentOf(answer.value)) : sendProblem(reply, answer.refusal);
    },
  );
}

function documentOf(view: ResultView): ResultDocument {
  const { namespace, jobName, status, completionTime, jobId, attempt, exitCode, pods, logs, logProblem } = view;
  return {
    ...{ namespace, job: jobName, status, completion_time: completionTime },
    ...(jobId !== undefined && { job_id: jobId }),
    ...(attempt !== undefined && { attempt }),
    ...(exitCode !== undefined && { exit_code: exitCode }),
    pods,
    ...(logs !== undefined && { logs }),
    ...(logProblem !== undefined && { log_problem: logProblem }),
  };
}
