// The routes about schedules. Each parses, asks the service, and puts the answer on the wire; none decides anything.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Answer, errorsWithin, type FieldError } from '../models/index.ts';
import { describePage, type PageQuery, pageHeaders, pageQuery, pageRequestOf } from './pagination.ts';
import { invalid, sendProblem } from './problems.ts';
import { bodyProblems, jobProblems, readProblems, writeProblems } from './responses.ts';
import { rules } from './rules.ts';
import type { ScheduleService, ScheduleView } from './schedule-service.ts';
import { scheduleChangesOf, scheduleDocumentOf, scheduleSettingsOf } from './schedule-wire.ts';
import { textOf } from './schemas/common.ts';
import {
  type NewScheduleBody,
  newScheduleBody,
  type ScheduleChangeBody,
  scheduleChangeBody,
} from './schemas/schedule.ts';
import type { SubmissionBody } from './schemas/submission.ts';
import { submissionErrors } from './submission-rules.ts';

const schedulePath = Type.Object({ name: textOf(rules.dnsLabel, 'The schedule’s name', { examples: ['nightly'] }) });
type SchedulePath = Static<typeof schedulePath>;

const content = { 'application/json': { schema: { $ref: 'Schedule#' } } };
const scheduleAnswer = (description: string) => ({ 200: { description, content } });

export function scheduleRoutes(app: FastifyInstance, service: ScheduleService): void {
  createRoute(app, service);
  listRoute(app, service);
  showRoute(app, service);
  changeRoute(app, service);
  removeRoute(app, service);
}

function createRoute(app: FastifyInstance, service: ScheduleService): void {
  const schema: FastifySchema = {
    tags: ['schedules'],
    operationId: 'createSchedule',
    summary: 'Submit a job again and again',
    description: 'Answers after the schedule is on disk. Its job is checked as if it were submitted now.',
    body: newScheduleBody,
    response: {
      201: {
        description: 'The schedule is on disk; its first run is the next one from now.',
        headers: {
          Location: { type: 'string', description: 'The schedule’s path.', examples: ['/schedules/nightly'] },
        },
        content,
      },
    },
    problems: [...bodyProblems, ...jobProblems, 'schedule_exists', 'schedule_limit', ...writeProblems],
  };
  const config = { access: 'submit' } as const;
  app.post<{ Body: NewScheduleBody }>('/schedules', { schema, config }, async ({ body }, reply) => {
    const errors = jobErrors(body.job);
    if (errors.length > 0) return sendProblem(reply, invalid(errors));
    const answer = await service.create(body.name, scheduleSettingsOf(body));
    if (answer.ok) reply.code(201).header('location', `/schedules/${answer.value.name}`);
    return sendSchedule(reply, answer);
  });
}

function listRoute(app: FastifyInstance, service: ScheduleService): void {
  const schema: FastifySchema = {
    tags: ['schedules'],
    operationId: 'listSchedules',
    summary: 'List schedules by their names',
    querystring: pageQuery,
    response: {
      200: {
        description: 'A page of schedules.',
        headers: pageHeaders,
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'Schedule#' } } } },
      },
    },
    problems: ['validation_failed', ...readProblems],
  };
  const config = { access: 'read' } as const;
  app.get<{ Querystring: PageQuery }>('/schedules', { schema, config }, (request, reply) => {
    const asked = pageRequestOf(request.query);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    const page = service.schedules(asked.value);
    describePage(request, reply, page);
    return reply.send(page.items.map(scheduleDocumentOf));
  });
}

function showRoute(app: FastifyInstance, service: ScheduleService): void {
  const schema: FastifySchema = {
    tags: ['schedules'],
    operationId: 'getSchedule',
    summary: 'Show a schedule',
    params: schedulePath,
    response: scheduleAnswer('The schedule as it is now.'),
    problems: ['schedule_not_found', ...readProblems],
  };
  const config = { access: 'read' } as const;
  app.get<{ Params: SchedulePath }>('/schedules/:name', { schema, config }, ({ params: { name } }, reply) => {
    const schedule = service.schedule(name);
    if (schedule) return reply.send(scheduleDocumentOf(schedule));
    return sendProblem(reply, { code: 'schedule_not_found', detail: `There is no schedule ${name}.` });
  });
}

function changeRoute(app: FastifyInstance, service: ScheduleService): void {
  const schema: FastifySchema = {
    tags: ['schedules'],
    operationId: 'changeSchedule',
    summary: 'Change, suspend or resume a schedule',
    description: 'Other times, and the end of a suspension, begin with the next run from now.',
    params: schedulePath,
    body: scheduleChangeBody,
    response: scheduleAnswer('The schedule as it is now, and on disk.'),
    problems: [...bodyProblems, ...jobProblems, 'schedule_not_found', ...writeProblems],
  };
  const config = { access: 'submit' } as const;
  app.patch<{ Params: SchedulePath; Body: ScheduleChangeBody }>(
    '/schedules/:name',
    { schema, config },
    async ({ params, body }, reply) => {
      const errors = body.job === undefined ? [] : jobErrors(body.job);
      if (errors.length > 0) return sendProblem(reply, invalid(errors));
      return sendSchedule(reply, await service.change(params.name, scheduleChangesOf(body)));
    },
  );
}

function removeRoute(app: FastifyInstance, service: ScheduleService): void {
  const schema: FastifySchema = {
    tags: ['schedules'],
    operationId: 'deleteSchedule',
    summary: 'Delete a schedule',
    description: 'There are no more runs of it. The jobs that it has submitted are not touched.',
    params: schedulePath,
    response: scheduleAnswer('The schedule as it was.'),
    problems: [...bodyProblems, 'schedule_not_found', ...writeProblems],
  };
  const config = { access: 'submit' } as const;
  app.delete<{ Params: SchedulePath }>('/schedules/:name', { schema, config }, async ({ params }, reply) =>
    sendSchedule(reply, await service.remove(params.name)),
  );
}

function jobErrors(job: SubmissionBody): FieldError[] {
  return errorsWithin('/job', submissionErrors(job));
}

function sendSchedule(reply: FastifyReply, answer: Answer<ScheduleView>): FastifyReply {
  return answer.ok ? reply.send(scheduleDocumentOf(answer.value)) : sendProblem(reply, answer.refusal);
}
