// The routes about jobs: submit, list, show, change, cancel. Each parses, asks the service, and puts the answer on the
// wire; none decides anything. POST /jobs is the hot path: nothing is copied or looked up there that need not be.
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Answer, accepted, jobStates } from '../models/index.ts';
import { idempotencyHeader, idempotencyKeyOf, replayedHeader } from './idempotency.ts';
import { type JobPath, jobIdOf, jobPath, jobResponse } from './job-path.ts';
import { describePage, pageHeaders, pageParameters, pageRequestOf } from './pagination.ts';
import { invalid, jobNotFound, sendProblem } from './problems.ts';
import { inTraceOf } from './request-traces.ts';
import { bodyProblems, readProblems, submissionProblems, writeProblems } from './responses.ts';
import { rules } from './rules.ts';
import { oneOf, textOf } from './schemas/common.ts';
import { type ChangeBody, changeBody, type SubmissionBody, submissionBody } from './schemas/submission.ts';
import type { JobService, JobsFilter, JobView } from './service.ts';
import { submissionErrors } from './submission-rules.ts';
import { jobDocumentOf, jobLineOf, specDocumentOf, submissionOf, submittedDocumentOf } from './wire.ts';
import type { WorkloadService } from './workload-service.ts';

const jobsQuery = Type.Object(
  {
    state: Type.Optional(
      Type.Array(oneOf(jobStates, 'A state.'), {
        maxItems: 32,
        description: 'Only jobs in one of these states; repeat it, or separate them with commas.',
      }),
    ),
    queue: Type.Optional(textOf(rules.dnsLabel, 'Only jobs of this queue')),
    name: Type.Optional(
      textOf(rules.nameQuery, 'Only jobs of this name; with a `*` at its end, jobs whose name begins like that'),
    ),
    label: Type.Optional(
      Type.Array(textOf(rules.labelSelector, 'A label'), {
        maxItems: 16,
        description: 'Only jobs with this label, as key=value; repeated, only jobs with all of them.',
      }),
    ),
    ...pageParameters,
  },
  { additionalProperties: false },
);
type JobsQuery = Static<typeof jobsQuery>;

type Healths = Pick<WorkloadService, 'healthOf'>;

export function jobRoutes(app: FastifyInstance, service: JobService, workloads: Healths | undefined): void {
  submitRoute(app, service);
  listRoute(app, service);
  showRoute(app, service, workloads);
  changeRoute(app, service);
  cancelRoute(app, service);
  retryRoute(app, service);
}

function submitRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'submitJob',
    summary: 'Submit a job',
    description: 'Answers after the job is on disk: a job that was answered with 201 is never lost.',
    headers: idempotencyHeader,
    body: submissionBody,
    response: {
      201: {
        description: 'The job is accepted and on disk.',
        headers: {
          Location: {
            type: 'string',
            description: 'The job’s path.',
            examples: ['/jobs/019a4e0c-5d6f-7a31-9c42-0c8f6e1b2d3a'],
          },
          ...replayedHeader,
        },
        content: { 'application/json': { schema: { $ref: 'Submitted#' } } },
      },
    },
    problems: [...bodyProblems, ...submissionProblems],
  };
  app.post<{ Body: SubmissionBody }>('/jobs', { schema, config: { access: 'submit' } }, async (request, reply) => {
    const errors = submissionErrors(request.body);
    if (errors.length > 0) return sendProblem(reply, invalid(errors));
    const answer = await service.submit(inTraceOf(request, submissionOf(request.body)), idempotencyKeyOf(request));
    if (!answer.ok) return sendProblem(reply, answer.refusal);
    if (answer.value.replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).header('location', `/jobs/${answer.value.jobId}`);
    return submittedDocumentOf(answer.value);
  });
}

function listRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'listJobs',
    summary: 'List jobs, newest first',
    querystring: jobsQuery,
    response: {
      200: {
        description: 'A page of jobs, without their attempts and timelines.',
        headers: pageHeaders,
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'Job#' } } } },
      },
    },
    problems: ['validation_failed', ...readProblems],
  };
  const preValidation = splitStates;
  app.get<{ Querystring: JobsQuery }>(
    '/jobs',
    { schema, config: { access: 'read' }, preValidation },
    (request, reply) => {
      const filter = filterOf(request.query);
      if (!filter.ok) return sendProblem(reply, filter.refusal);
      const asked = pageRequestOf(request.query);
      if (!asked.ok) return sendProblem(reply, asked.refusal);
      const page = service.jobs(filter.value, asked.value);
      describePage(request, reply, page);
      return reply.send(page.items.map(jobLineOf));
    },
  );
}

/** `state=a,b` is `state=a&state=b`. */
function splitStates(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const query = request.query as { state?: string | string[] };
  if (query.state !== undefined) query.state = [query.state].flat().flatMap((states) => states.split(','));
  done();
}

function filterOf({ state, queue, name, label }: JobsQuery): Answer<JobsFilter> {
  const filter: JobsFilter = {};
  if (state !== undefined) filter.states = state;
  if (queue !== undefined) filter.queue = queue;
  if (name?.endsWith('*')) filter.namePrefix = name.slice(0, -1);
  else if (name !== undefined) filter.name = name;
  if (label === undefined) return accepted(filter);
  const pairs = new Map(label.map((pair) => pair.split('=', 2) as [string, string]));
  if (pairs.size < new Set(label).size) {
    return { ok: false, refusal: invalid([{ parameter: 'label', detail: 'must not name one key with two values' }]) };
  }
  return accepted({ ...filter, labels: Object.fromEntries(pairs) });
}

function showRoute(app: FastifyInstance, service: JobService, workloads: Healths | undefined): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'getJob',
    summary: 'Show a job',
    description:
      'Everything that is known of it: state and why, position, attempts, timeline, what it runs, workload and its health.',
    params: jobPath,
    response: jobResponse,
    problems: ['job_not_found', ...readProblems],
  };
  app.get<{ Params: JobPath }>('/jobs/:job_id', { schema, config: { access: 'read' } }, (request, reply) => {
    const jobId = jobIdOf(request);
    const job = service.job(jobId);
    if (job === undefined) return sendProblem(reply, jobNotFound(jobId));
    const newest = job.attempts.at(-1);
    const health = newest && workloads?.healthOf(newest.workload);
    return reply.send({ ...jobDocumentOf(job), spec: specDocumentOf(job), ...(health && { health }) });
  });
}

function changeRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'changeJob',
    summary: 'Change the priority of a job, hold it or release it',
    description:
      'All of the changes are made, or none. The job keeps its acceptance number: among its new peers it is as old as ' +
      'it always was.',
    params: jobPath,
    body: changeBody,
    response: jobResponse,
    problems: [...bodyProblems, 'validation_failed', 'job_not_found', 'job_finished', 'job_running', ...writeProblems],
  };
  app.patch<{ Params: JobPath; Body: ChangeBody }>(
    '/jobs/:job_id',
    { schema, config: { access: 'submit' } },
    async (request, reply) => {
      const jobId = jobIdOf(request);
      const { priority, hold } = request.body;
      const changes = { ...(priority !== undefined && { priority }), ...(hold !== undefined && { held: hold }) };
      return sendJob(reply, await service.change(jobId, changes));
    },
  );
}

function cancelRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'cancelJob',
    summary: 'Cancel a job',
    description:
      'A pending job is cancelled at once. A running one stays `running` with reason `cancelling` until its workload ' +
      'is gone. A finished job is answered as it is, so cancelling twice does nothing.',
    params: jobPath,
    response: jobResponse,
    problems: [...bodyProblems, 'job_not_found', ...writeProblems],
  };
  app.delete<{ Params: JobPath }>('/jobs/:job_id', { schema, config: { access: 'submit' } }, async (request, reply) =>
    sendJob(reply, await service.cancel(jobIdOf(request))),
  );
}

function retryRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['jobs'],
    operationId: 'retryJob',
    summary: 'Run a finished job again',
    description:
      'It is pending again with its old acceptance number, and its `retries` count anew. Its attempts and its history are ' +
      'kept. Jobs that waited for it are not touched.',
    params: jobPath,
    response: jobResponse,
    problems: [...bodyProblems, 'job_not_found', 'job_not_finished', ...writeProblems],
  };
  const config = { access: 'submit' } as const;
  app.post<{ Params: JobPath }>('/jobs/:job_id/retry', { schema, config }, async (request, reply) =>
    sendJob(reply, await service.retry(jobIdOf(request))),
  );
}

function sendJob(reply: FastifyReply, answer: Answer<JobView>): FastifyReply {
  return answer.ok ? reply.send(jobDocumentOf(answer.value)) : sendProblem(reply, answer.refusal);
}
