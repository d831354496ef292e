// GET /jobs/{id}/logs: text as it comes, for as long as the client reads it and, following, the job runs.
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { type JobPath, jobIdOf, jobPath } from './job-path.ts';
import type { LogRequest, LogService } from './log-service.ts';
import { sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import { beginStream } from './streamed-answer.ts';

const logQuery = Type.Object(
  {
    follow: Type.Optional(Type.Boolean({ description: 'Goes on until the attempt has ended; waits for it to begin.' })),
    tail: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'Only so many last lines of each container; of a saved log, of all that is shown.',
      }),
    ),
    container: Type.Optional(textOf(rules.dnsLabel, 'Only containers of this name')),
    attempt: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Of this attempt; of the newest when absent.' }),
    ),
    timestamps: Type.Optional(Type.Boolean({ description: 'Each line begins with its time.' })),
  },
  { additionalProperties: false },
);
type LogQuery = Static<typeof logQuery>;

const schema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'getJobLogs',
  summary: 'Read the log of a job',
  description:
    'The lines of all containers of all pods of one attempt; with several, each line begins with `[pod/container] `. What ' +
    'kubejobs itself has to say, such as that it waits for the job to run, stands in lines that begin with `[kubejobs] `. ' +
    'Lines of over 64 KiB are cut into several. The pods, and with them the log, go when `--job-ttl` is over; of a ' +
    'job with `results` what was saved is answered then.',
  params: jobPath,
  querystring: logQuery,
  response: {
    200: { description: 'The log.', content: { 'text/plain': { schema: { type: 'string' } } } },
  },
  problems: ['validation_failed', 'job_not_found', 'log_not_found', 'log_unavailable', ...readProblems],
};

export function logRoutes(app: FastifyInstance, logs: LogService): void {
  const readers = new Set<AbortController>();
  app.addHook('preClose', async () => {
    for (const reader of readers) reader.abort();
  });
  app.get<{ Params: JobPath; Querystring: LogQuery }>(
    '/jobs/:job_id/logs',
    { schema, config: { access: 'read' }, exposeHeadRoute: false },
    async (request, reply) => {
      const reader = new AbortController();
      readers.add(reader);
      reply.raw.once('close', () => {
        readers.delete(reader);
        reader.abort();
      });
      const answer = await logs.open(jobIdOf(request), requestOf(request.query, reader.signal));
      if (!answer.ok) return sendProblem(reply, answer.refusal);
      const response = beginStream(reply, 'text/plain; charset=utf-8');
      letBeSilent(response);
      pipeline(answer.value, response, () => {}); // a reader who left has nobody to tell it to
      return reply;
    },
  );
}

/** For as long as it likes: whether the client is still there is TCP's to find out. */
function letBeSilent({ socket }: ServerResponse): void {
  socket?.setTimeout(0);
  socket?.setKeepAlive(true, 60_000);
}

function requestOf({ follow, timestamps, ...rest }: LogQuery, signal: AbortSignal): LogRequest {
  return { follow: follow ?? false, timestamps: timestamps ?? false, signal, ...rest };
}
