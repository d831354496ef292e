// The OpenAPI document and its page: collected from the routes' own schemas, so that it cannot say anything else.
// openapi.yaml in the repository is this document; a test holds the two together.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { errorCatalogue } from '../models/index.ts';
import { type Access, accessOf } from './access.ts';
import { accessProblems, problemResponses } from './responses.ts';
import { errorCodes } from './schemas/problem.ts';

const introduction = `kubejobs takes jobs over HTTP, keeps them in one durable priority queue and runs them as Kubernetes Jobs.

Field names are snake_case, times are RFC 3339 in UTC, absent values are left out. Lists come in pages: follow the
\`Link\` header with \`rel="next"\` until there is none. Errors are RFC 9457 problem documents with one of these codes:

${errorCodes.map((code) => `- \`${code}\` (${errorCatalogue[code].status}): ${errorCatalogue[code].when}`).join('\n')}`;

const tags = [
  { name: 'jobs', description: 'Submit, look at, change and cancel jobs.' },
  { name: 'queue', description: 'What waits and what runs.' },
  { name: 'schedules', description: 'Jobs that are submitted again and again.' },
  { name: 'workloads', description: 'The health of workloads on the cluster, ours and everyone else’s.' },
  { name: 'podgroups', description: 'Groups of pods that are to run together, ours and everyone else’s.' },
  { name: 'results', description: 'What was saved of finished Jobs.' },
  { name: 'webhooks', description: 'Messages about finished jobs that have not arrived.' },
  { name: 'operation', description: 'For those who run the server.' },
];

/** For the page at /docs: its own scripts and styles, requests to this server, nothing else. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Collects the routes that are added after it. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'kubejobs',
        version,
        description: introduction,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags,
      components: { securitySchemes: { token: tokenScheme } },
    },
    transform: ({ schema, url, route }) => ({ schema: withProblems(schema, accessOf(route)), url }),
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema${index}`) },
  });
}

function withProblems({ problems = [], ...schema }: FastifySchema, access: Access | undefined): FastifySchema {
  const answers = schema.response as Record<string, object>;
  const response = { ...answers, ...problemResponses([...accessProblems(access), ...problems]) };
  return { ...schema, security: securityOf(access), response };
}

/** OpenAPI 3.1 lets a scheme without scopes name the roles that a call needs. */
function securityOf(access: Access | undefined): Array<Record<string, string[]>> {
  return access === undefined || access === 'anyone' ? [] : [{ token: [access] }];
}

const tokenScheme = {
  type: 'http',
  scheme: 'bearer',
  description:
    'A token of the file that `--auth tokens:FILE` names; each has one of the roles `read`, `submit` and `admin`, and a role ' +
    'may do all that the one before it may. A server with `--auth none`, the default on a loopback address, asks for none.',
} as const;

/** `/openapi.json` and the page at `/docs`. */
export async function serveDocumentation(app: FastifyInstance): Promise<void> {
  const schema: FastifySchema = {
    tags: ['operation'],
    operationId: 'getOpenApi',
    summary: 'This document',
    response: {
      200: {
        description: 'OpenAPI 3.1.',
        content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
      },
    },
  };
  app.get('/openapi.json', { schema, config: { access: 'anyone' } }, (_request, reply) =>
    reply.header('content-type', 'application/json').send(JSON.stringify(app.swagger())),
  );
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: pagePolicy, uiConfig: { deepLinking: true } });
}
