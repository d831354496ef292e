// What can be set while the queue runs: how many jobs at once, and whether any are dispatched at all. Both survive a
// restart; a --max-concurrency that is written out at the next start replaces the first.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Answer } from '../models/index.ts';
import { sendProblem } from './problems.ts';
import { bodyProblems, writeProblems } from './responses.ts';
import { type SettingsDocument, settingsFields } from './schemas/settings.ts';
import type { JobService, Settings } from './service.ts';

const changeBody = Type.Partial(Type.Object(settingsFields), {
  additionalProperties: false,
  minProperties: 1,
  description: 'What to change; what is absent stays.',
  examples: [{ max_concurrency: 10 }],
});
type ChangeBody = Static<typeof changeBody>;

const response = {
  200: {
    description: 'The settings that are in force now, and on disk.',
    content: { 'application/json': { schema: { $ref: 'Settings#' } } },
  },
};

export function settingsRoutes(app: FastifyInstance, service: JobService): void {
  const tags = ['operation'];
  const show: FastifySchema = { tags, operationId: 'getSettings', summary: 'The queue’s settings', response };
  app.get('/settings', { schema: show, config: { access: 'read' } }, (_request, reply) =>
    reply.send(settingsDocumentOf(service.settings())),
  );
  changeRoute(app, service);
  pauseRoute(app, service, true);
  pauseRoute(app, service, false);
}

function changeRoute(app: FastifyInstance, service: JobService): void {
  const schema: FastifySchema = {
    tags: ['operation'],
    operationId: 'changeSettings',
    summary: 'Change the queue’s settings',
    description: 'A lower `max_concurrency` only stops dispatch: no running job is ended by it.',
    body: changeBody,
    response,
    problems: [...bodyProblems, 'validation_failed', ...writeProblems],
  };
  const config = { access: 'admin' } as const;
  app.patch<{ Body: ChangeBody }>('/settings', { schema, config }, async (request, reply) => {
    const { max_concurrency: maxConcurrency, paused } = request.body;
    const changes = {
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      ...(paused !== undefined && { paused }),
    };
    return sendSettings(reply, await service.configure(changes));
  });
}

function pauseRoute(app: FastifyInstance, service: JobService, paused: boolean): void {
  const schema: FastifySchema = {
    tags: ['operation'],
    operationId: paused ? 'pauseQueue' : 'resumeQueue',
    summary: paused ? 'Stop dispatching' : 'Go on dispatching',
    description: 'Submissions and running jobs go on either way. Asking twice does nothing.',
    response,
    problems: [...bodyProblems, ...writeProblems],
  };
  const config = { access: 'admin' } as const;
  app.post(paused ? '/pause' : '/resume', { schema, config }, async (_request, reply) =>
    sendSettings(reply, await service.configure({ paused })),
  );
}

function sendSettings(reply: FastifyReply, answer: Answer<Settings>): FastifyReply {
  return answer.ok ? reply.send(settingsDocumentOf(answer.value)) : sendProblem(reply, answer.refusal);
}

function settingsDocumentOf({ maxConcurrency, paused }: Settings): SettingsDocument {
  return { max_concurrency: maxConcurrency, paused };
}
