// The routes about groups of pods: which there are, which are ready, and why the others are not. Without the controller that
// follows them, all say so.
import type { FastifyInstance, FastifyReply, FastifySchema } from 'fastify';
import Type, { type Static } from 'typebox';
import { describePage, pageHeaders, pageParameters, pageRequestOf } from './pagination.ts';
import type { PodGroupService, PodGroupView } from './podgroup-service.ts';
import { sendProblem } from './problems.ts';
import { readProblems } from './responses.ts';
import { rules } from './rules.ts';
import { textOf } from './schemas/common.ts';
import type { PodGroupDocument } from './schemas/podgroup.ts';
import { timeOf } from './times.ts';

/** `groups` undefined: nobody follows them. */
export function podGroupRoutes(app: FastifyInstance, groups: PodGroupService | undefined): void {
  listRoute(app, groups);
  showRoute(app, groups);
}

const config = { access: 'read' } as const;
const content = { 'application/json': { schema: { $ref: 'PodGroup#' } } };

const listQuery = Type.Object(
  {
    namespace: Type.Optional(textOf(rules.dnsLabel, 'Only of this namespace')),
    ready: Type.Optional(Type.Boolean({ description: 'Only those that are ready, or only those that are not.' })),
    ...pageParameters,
  },
  { additionalProperties: false },
);
type ListQuery = Static<typeof listQuery>;

function listRoute(app: FastifyInstance, groups: PodGroupService | undefined): void {
  const schema: FastifySchema = {
    tags: ['podgroups'],
    operationId: 'listPodGroups',
    summary: 'List groups of pods, and why they are not ready',
    description:
      'Pods of one namespace with the same value of the label `podgroup.jhwagner.github.io/name`, or of that of ' +
      '`--podgroup-name-label`, whoever made them.',
    querystring: listQuery,
    response: {
      200: {
        description: 'A page of the groups, in the order in which they were first seen.',
        headers: pageHeaders,
        content: { 'application/json': { schema: { type: 'array', items: { $ref: 'PodGroup#' } } } },
      },
    },
    problems: ['validation_failed', 'controller_off', ...readProblems],
  };
  app.get<{ Querystring: ListQuery }>('/podgroups', { schema, config }, (request, reply) => {
    if (groups === undefined) return sendOff(reply);
    const { namespace, ready, ...page } = request.query;
    const asked = pageRequestOf(page);
    if (!asked.ok) return sendProblem(reply, asked.refusal);
    const filter = { ...(namespace !== undefined && { namespace }), ...(ready !== undefined && { ready }) };
    const found = groups.groups(filter, asked.value);
    describePage(request, reply, found);
    return reply.send(found.items.map(documentOf));
  });
}

const groupPath = Type.Object({
  namespace: textOf(rules.dnsLabel, 'Its namespace', { examples: ['default'] }),
  name: Type.String({ minLength: 1, maxLength: 63, description: 'Its name.', examples: ['train'] }),
});

function showRoute(app: FastifyInstance, groups: PodGroupService | undefined): void {
  const schema: FastifySchema = {
    tags: ['podgroups'],
    operationId: 'getPodGroup',
    summary: 'Show a group of pods',
    params: groupPath,
    response: { 200: { description: 'The group as it is now.', content } },
    problems: ['podgroup_not_found', 'controller_off', ...readProblems],
  };
  app.get<{ Params: Static<typeof groupPath> }>('/podgroups/:namespace/:name', { schema, config }, (request, reply) => {
    if (groups === undefined) return sendOff(reply);
    const { namespace, name } = request.params;
    const found = groups.group(namespace, name);
    if (found !== undefined) return reply.send(documentOf(found));
    const detail = `No pod of a group ${name} is seen in the namespace ${namespace}.`;
    return sendProblem(reply, { code: 'podgroup_not_found', detail });
  });
}

function sendOff(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, {
    code: 'controller_off',
    detail: 'This server does not follow groups of pods: add podgroup to its --controllers.',
  });
}

function documentOf(view: PodGroupView): PodGroupDocument {
  const { size, reason, message, waitingLeftOut, deadlock } = view;
  return {
    ...{ namespace: view.namespace, name: view.name },
    ...(size && { size: size.pods, size_from: size.from }),
    ...{ pods: view.pods, labelled: view.labelled, ready: view.ready, since: timeOf(view.since) },
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    waiting_pods: view.waiting.map(({ deleted, ...pod }) => ({ ...pod, ...(deleted && { deleted }) })),
    ...(waitingLeftOut > 0 && { waiting_pods_left_out: waitingLeftOut }),
    ...(deadlock && { deadlock: { since: timeOf(deadlock.since), groups: [...deadlock.groups] } }),
  };
}
