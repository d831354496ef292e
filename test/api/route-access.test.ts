// The table of docs/api.md, call by role, against a server with the program's own authenticator, over HTTP: every route
// there is, with every kind of token and with none.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { TokensFile } from '../../internal/authentication/tokens-file.ts';
import { systemClock } from '../../internal/platform/clock.ts';
import { silentLogger } from '../../internal/platform/logger.ts';
import { silentMetrics } from '../../internal/platform/metrics.ts';
import { newServer } from '../support/api-server.ts';
import { aJob, FakeService, jobIdOf } from '../support/fake-service.ts';
import { readRepositoryFile } from '../support/repository.ts';
import { routesOf } from '../support/routes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tokens, tokensText } from '../support/tokens.ts';

type Needed = 'none' | 'read' | 'submit' | 'admin';
type Shown = keyof typeof tokens | 'nothing' | 'another scheme';

const folder = temporaryFolder();
const path = `${folder.path}/tokens.yaml`;
writeFileSync(path, tokensText(), { mode: 0o600 });
const shared = { clock: systemClock(), logger: silentLogger, metrics: silentMetrics };
const authenticator = new TokensFile({ path, ...shared });
await authenticator.load();
const service = new FakeService();
const app = await newServer({ service, authentication: { authenticator, ...shared } });
const url = await app.listen({ host: '127.0.0.1', port: 0 });

afterAll(async () => {
  await app.close();
  folder.remove();
});

beforeEach(() => {
  service.reset();
  service.with(aJob({ sequence: 1, priority: 4 }));
});

/** The docs' table: `GET /jobs/{job_id}` → role. */
const table = new Map(
  [...readRepositoryFile('docs/api.md').matchAll(/^\| `([A-Z]+ \/[^`]*)`(?: and its files)? \| `?(\w+)`? \|$/gm)].map(
    (row) => [row[1] as string, row[2] as Needed],
  ),
);

/** What the docs say of a route of the server; HEAD goes with GET, and the pages below /docs with /docs. */
function neededFor(route: string): Needed | undefined {
  const call = route.replace(/^HEAD /, 'GET ').replaceAll(/:(\w+)/g, '{$1}');
  return table.get(/^GET \/docs\//.test(call) ? 'GET /docs' : call);
}

const routes = routesOf(app);
const kinds: Shown[] = ['nothing', 'another scheme', 'unknown', 'expired', 'read', 'submit', 'admin'];

function headersWith(shown: Shown): Record<string, string> {
  if (shown === 'nothing') return {};
  return { authorization: shown === 'another scheme' ? `Basic ${tokens.admin}` : `Bearer ${tokens[shown]}` };
}

/** Only the head of the answer: a stream would go on. The body would be refused in its own right, were it read. */
async function call(method: string, pattern: string, shown: Shown): Promise<Response> {
  const target = pattern
    .replace(':job_id', jobIdOf(1))
    .replace(':code', 'internal')
    .replace('*', 'static/swagger-ui.css');
  const body = ['POST', 'PUT', 'PATCH'].includes(method) ? { body: 'no JSON at all' } : {};
  return await fetch(url + target, { method, headers: headersWith(shown), redirect: 'manual', ...body });
}

/** 200 stands for whatever the route answers to those it lets in. */
function expectedStatus(needed: Needed, shown: Shown): 200 | 401 | 403 {
  if (needed === 'none') return 200;
  const ladder: Shown[] = ['read', 'submit', 'admin'];
  if (!ladder.includes(shown)) return 401;
  return ladder.indexOf(shown) >= ladder.indexOf(needed) ? 200 : 403;
}

const challenges: Partial<Record<Shown, RegExp>> = {
  nothing: /^Bearer realm="kubejobs"$/,
  'another scheme': /^Bearer realm="kubejobs"$/,
  unknown: /^Bearer realm="kubejobs", error="invalid_token"/,
  expired: /^Bearer realm="kubejobs", error="invalid_token"/,
};

async function expectAnswer(method: string, pattern: string, needed: Needed, shown: Shown): Promise<void> {
  const answer = await call(method, pattern, shown);
  const expected = expectedStatus(needed, shown);
  const challenge = answer.headers.get('www-authenticate');
  if (expected === 200) {
    expect([401, 403]).not.toContain(answer.status);
    expect(answer.status).toBeLessThan(500);
    expect(challenge).toBeNull();
    await answer.body?.cancel();
    return;
  }
  expect(answer.status).toBe(expected);
  expect(challenge).toMatch(challenges[shown] ?? new RegExp(`error="insufficient_scope", scope="${needed}"$`));
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const text = await answer.text();
  if (method === 'HEAD') return;
  const code = expected === 401 ? 'unauthenticated' : 'forbidden';
  expect(JSON.parse(text)).toMatchObject({ code, status: expected });
  if (expected === 403)
    expect(text).toMatch(new RegExp(`the role .*${needed}.*; the token ${shown}er has the role ${shown}`));
  for (const token of Object.values(tokens)) expect(text).not.toContain(token);
}

describe('the table of docs/api.md', () => {
  it('has every route of the server and nothing else', () => {
    expect(routes.filter((route) => neededFor(route) === undefined)).toEqual([]);
    const calls = new Set(routes.map((route) => route.replaceAll(/:(\w+)/g, '{$1}')));
    expect([...table.keys()].filter((call) => !calls.has(call))).toEqual([]);
    expect(table.size).toBeGreaterThan(10);
  });

  it.each(routes.flatMap((route) => kinds.map((shown) => ({ route, shown }))))(
    'holds for $route with $shown',
    async ({ route, shown }) => {
      const [method = '', pattern = ''] = route.split(' ');
      await expectAnswer(method, pattern, neededFor(route) as Needed, shown);
      expect(service.submissions).toEqual([]);
      expect(service.stored).toMatchObject([{ state: expect.stringMatching(/pending|cancelled/), priority: 4 }]);
    },
  );

  it('keeps a job that a stranger or a reader would cancel', async () => {
    for (const shown of kinds.filter((kind) => kind !== 'submit' && kind !== 'admin')) {
      await call('DELETE', '/jobs/:job_id', shown);
      expect(service.stored).toMatchObject([{ state: 'pending' }]);
    }
    await call('DELETE', '/jobs/:job_id', 'submit');
    expect(service.stored).toMatchObject([{ state: 'cancelled' }]);
  });
});

describe('what is no route', () => {
  const calls = ['GET /nothing', 'POST /nothing', 'OPTIONS /jobs', 'PUT /jobs', 'PROPFIND /jobs', 'OPTIONS /health'];
  calls.push(
    'GET /docs/nothing',
    'POST /livez',
    'DELETE /metrics',
    'POST /docs',
    'GET /jobs/',
    'GET /metrics/',
    'GET //jobs',
    'GET /JOBS',
  );
  it.each(calls.flatMap((route) => kinds.map((shown) => ({ route, shown }))))(
    'needs to read, and is still no route: $route with $shown',
    async ({ route, shown }) => {
      const [method = '', target = ''] = route.split(' ');
      await expectAnswer(method, target, 'read', shown);
      if (expectedStatus('read', shown) !== 200) return;
      expect([404, 405]).toContain((await call(method, target, shown)).status);
    },
  );

  it('TRACE neither, which fetch would not send', async () => {
    expect((await app.inject({ method: 'TRACE' as 'PUT', url: '/jobs' })).statusCode).toBe(401);
  });
});
