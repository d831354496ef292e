// Who may call which route. Every route says it in its config; one that does not stops the server from being built, so
// none is open by being forgotten. The check comes before anything of the request's body is read, and what is not a route
// at all (404, 405) needs `read`: nothing but what is declared open answers a stranger.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { type Refusal, type Role, roleIncludes, roles } from '../models/index.ts';
import { type Authenticator, bearerToken } from './authentication.ts';
import { sendProblem } from './problems.ts';
import type { AccessRefusal, AccessRefusals } from './refused-access.ts';

/** The least role that may call the route, or `anyone` without a token. */
export type Access = Role | 'anyone';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

export interface Guard {
  authenticator: Authenticator;
  refusals: AccessRefusals;
}

/** Pages that come from a package and cannot say it themselves. */
const openPages = ['/docs'];
const leastRole: Role = 'read';

/** Guards the routes that are added from now on. Without a guard everyone may call them, but they still have to say. */
export function guardRoutes(app: FastifyInstance, guard: Guard | undefined): void {
  app.addHook('onRoute', (route) => {
    const access = accessOf(route);
    if (access === undefined) throw new Error(undeclared(route));
    if (guard === undefined || access === 'anyone') return;
    route.onRequest = [check(guard, access), ...[route.onRequest ?? []].flat()];
  });
  if (guard === undefined) return;
  const checkNoRoute = check(guard, leastRole);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) checkNoRoute(request, reply, done);
    else done();
  });
}

export function accessOf(route: Pick<RouteOptions, 'config' | 'url'>): Access | undefined {
  const isOpenPage = openPages.some((page) => route.url === page || route.url.startsWith(`${page}/`));
  return route.config?.access ?? (isOpenPage ? 'anyone' : undefined);
}

function undeclared({ method, url }: RouteOptions): string {
  return `${String(method)} ${url} does not say who may call it: add config: { access } with anyone, ${roles.join(', ')}`;
}

type Check = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

function check(guard: Guard, needed: Role): Check {
  return (request, reply, done) => {
    const refused = refusalOf(guard.authenticator, request.headers.authorization, needed);
    if (refused === undefined) return done();
    guard.refusals.note(refused, request);
    reply.header('www-authenticate', challenge(refused, needed));
    sendProblem(reply, problemOf(refused, needed));
  };
}

function refusalOf(authenticator: Authenticator, header: string | undefined, needed: Role): AccessRefusal | undefined {
  const token = bearerToken(header);
  if (token === undefined) return { reason: header === undefined ? 'no_token' : 'no_bearer_token' };
  const found = authenticator.identify(token);
  if (!found.known)
    return found.why === 'unknown' ? { reason: 'unknown_token' } : { reason: 'expired', name: found.name };
  return roleIncludes(found.caller.role, needed) ? undefined : { reason: 'role', ...found.caller };
}

/** RFC 6750, section 3: an error is only named where a token was shown. */
function challenge({ reason }: AccessRefusal, needed: Role): string {
  const realm = 'Bearer realm="kubejobs"';
  switch (reason) {
    case 'no_token':
    case 'no_bearer_token':
      return realm;
    case 'unknown_token':
      return `${realm}, error="invalid_token", error_description="The token is not known here"`;
    case 'expired':
      return `${realm}, error="invalid_token", error_description="The token has expired"`;
    case 'role':
      return `${realm}, error="insufficient_scope", scope="${needed}"`;
  }
}

function problemOf(refused: AccessRefusal, needed: Role): Refusal {
  const sufficient = inWords(roles.filter((role) => roleIncludes(role, needed)));
  const how = `This call needs a token with the role ${sufficient}, sent as the header "Authorization: Bearer <token>"`;
  switch (refused.reason) {
    case 'no_token':
      return { code: 'unauthenticated', detail: `${how}.` };
    case 'no_bearer_token':
      return { code: 'unauthenticated', detail: `${how}; the Authorization header has another form.` };
    case 'unknown_token':
      return { code: 'unauthenticated', detail: 'The token is not one that this server knows.' };
    case 'expired':
      return { code: 'unauthenticated', detail: `The token ${refused.name} has expired.` };
    case 'role':
      return {
        code: 'forbidden',
        detail: `This call needs the role ${sufficient}; the token ${refused.name} has the role ${refused.role}.`,
      };
  }
}

/** "read, submit or admin". */
function inWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
