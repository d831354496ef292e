// Calls that wait for what happens: for the end of one job, and for every state change of all.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import type { EventService } from './event-service.ts';
import { EventStreams, type EventStreamsDeps } from './event-streams.ts';
import { type JobPath, jobIdOf, jobPath, jobResponse } from './job-path.ts';
import { jobNotFound, sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import type { JobService } from './service.ts';
import { beginStream } from './streamed-answer.ts';
import { jobDocumentOf } from './wire.ts';

export interface EventRoutesDeps extends EventStreamsDeps {
  service: JobService;
}

export function eventRoutes(app: FastifyInstance, deps: EventRoutesDeps): void {
  waitRoute(app, deps);
  streamRoute(app, deps);
}

/** Shorter than proxies wait, and than `answerTimeoutMs`. */
const longestWaitSeconds = 45;

const usualWaitSeconds = 30;

const waitQuery = Type.Object(
  {
    timeout: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: longestWaitSeconds,
        default: usualWaitSeconds,
        description: 'How long to wait, in seconds; then the job is answered as it is.',
      }),
    ),
  },
  { additionalProperties: false },
);

function waitRoute(app: FastifyInstance, { service, events }: EventRoutesDeps): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'waitForJob',
    summary: 'Wait for the end of a job',
    description:
      'Answers when the job is finished, however it ended, or after the timeout with the state it has then. A job that ' +
      'takes longer is waited for by calling again.',
    params: jobPath,
    querystring: waitQuery,
    response: jobResponse,
    problems: ['validation_failed', 'job_not_found', ...readProblems],
  };
  const waiting = new Waiting(events);
  app.addHook('preClose', async () => waiting.endAll());
  app.get<{ Params: JobPath; Querystring: Static<typeof waitQuery> }>(
    '/jobs/:job_id/wait',
    { schema, config: { access: 'read' }, exposeHeadRoute: false },
    async (request, reply) => {
      const jobId = jobIdOf(request);
      const { timeout = usualWaitSeconds } = request.query;
      await waiting.ended(jobId, timeout * 1_000, reply);
      const job = service.job(jobId);
      return job === undefined ? sendProblem(reply, jobNotFound(jobId)) : reply.send(jobDocumentOf(job));
    },
  );
}

/** The callers that wait: each is let go when its client leaves, and all when the server does. */
class Waiting {
  readonly #events: EventService;
  /** Each with what ends when its answer is out. */
  readonly #callers = new Map<AbortController, Promise<unknown>>();

  constructor(events: EventService) {
    this.#events = events;
  }

  async ended(jobId: string, timeoutMs: number, reply: FastifyReply): Promise<void> {
    const caller = new AbortController();
    const gone = new Promise((resolve) => reply.raw.once('close', resolve)).then(() => {
      caller.abort();
      this.#callers.delete(caller);
    });
    this.#callers.set(caller, gone);
    await this.#events.ended(jobId, timeoutMs, caller.signal);
  }

  async endAll(): Promise<void> {
    for (const caller of this.#callers.keys()) caller.abort();
    await Promise.all(this.#callers.values());
  }
}

const streamQuery = Type.Object(
  {
    job_id: Type.Optional(textOf(rules.uuid, 'Only what happens to this job')),
    queue: Type.Optional(textOf(rules.dnsLabel, 'Only what happens to jobs of this queue')),
  },
  { additionalProperties: false },
);

const streamHeaders = Type.Object({
  'last-event-id': Type.Optional(
    textOf(rules.eventId, 'Goes on after this event, as a browser does by itself', { examples: ['1204'] }),
  ),
});

function streamRoute(app: FastifyInstance, deps: EventRoutesDeps): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'streamEvents',
    summary: 'Follow every state change',
    description:
      'Server-sent events: `id` is a number that only grows, `event` the state, `data` a JSON object with job_id, queue, ' +
      'state, at and, where there are any, reason, message and attempt. A reader who comes back with `Last-Event-ID` ' +
      'misses nothing; when what he missed is gone, an event `reset` tells him to look at the jobs again. A comment ' +
      'line is sent every 15 s. A reader who takes nothing for 30 s is cut off.',
    headers: streamHeaders,
    querystring: streamQuery,
    response: {
      200: {
        description: 'The stream, without an end.',
        content: { 'text/event-stream': { schema: { type: 'string' } } },
      },
    },
    problems: ['validation_failed', ...readProblems],
  };
  const streams = new EventStreams(deps);
  app.addHook('preClose', async () => streams.stop());
  app.get<{ Querystring: Static<typeof streamQuery>; Headers: Static<typeof streamHeaders> }>(
    '/events',
    { schema, config: { access: 'read' }, exposeHeadRoute: false },
    (request, reply) => {
      const { job_id: jobId, queue } = request.query;
      const last = request.headers['last-event-id'];
      streams.open(
        beginStream(reply, 'text/event-stream'),
        { ...(jobId !== undefined && { jobId: jobId.toLowerCase() }), ...(queue !== undefined && { queue }) },
        last === undefined ? undefined : Number(last),
      );
    },
  );
}
