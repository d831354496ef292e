// The guard before the routes, one rule after the other. Which route needs what is in route-access.test.ts.
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { guardRoutes } from '../../pkg/api/access.ts';
import { bearerToken } from '../../pkg/api/authentication.ts';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { rawRequest } from '../support/raw-request.ts';
import { recordedAuthentication, tokens } from '../support/tokens.ts';

const withToken = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });

describe('a server', () => {
  it('cannot be built with a route that does not say who may call it', () => {
    const app = Fastify();
    guardRoutes(app, undefined);
    expect(() => app.get('/secrets', () => 'all of them')).toThrow(/GET \/secrets does not say who may call it/);
    expect(() => app.get('/docs-of-mine', () => 'all of them')).toThrow(/does not say who may call it/);
    expect(() => app.get('/open', { config: { access: 'anyone' } }, () => 'hello')).not.toThrow();
  });

  it('without authentication asks nobody for a token', async () => {
    const { app, service } = await anApi();
    const answer = await app.inject({ method: 'POST', url: '/jobs', payload: { name: 'a' } });
    expect(answer.statusCode).toBe(201);
    expect(service.submissions).toHaveLength(1);
  });

  it('with it takes a call of the right token', async () => {
    const { app, service } = await anApi({ authentication: recordedAuthentication() });
    const headers = withToken(tokens.submit);
    expect((await app.inject({ method: 'POST', url: '/jobs', headers, payload: { name: 'a' } })).statusCode).toBe(201);
    expect(service.submissions).toMatchObject([{ name: 'a' }]);
  });
});

describe('a refused call', () => {
  it('is answered before its body is there', async () => {
    const { port } = await aListeningApi({ authentication: recordedAuthentication() });
    const head = 'POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n';
    const answer = await rawRequest(port, `${head}Connection: close\r\n\r\n{`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="kubejobs"');
  });

  it('is not about the body, whatever that is', async () => {
    const { app } = await anApi({ authentication: recordedAuthentication() });
    const headers = { 'content-type': 'text/plain', ...withToken(tokens.read) };
    for (const payload of ['', 'x', 'x'.repeat(2_000_000)]) {
      expect((await app.inject({ method: 'POST', url: '/jobs', headers, payload })).statusCode).toBe(403);
    }
  });

  it('has the headers of every answer', async () => {
    const { app } = await anApi({ authentication: recordedAuthentication() });
    const { headers } = await app.inject('/jobs');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
});

describe('a token', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc== ', 'abc=='],
    ['Bearer a-b._c~d+/', 'a-b._c~d+/'],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer a b', undefined],
    ['Bearer a,b', undefined],
    ['Bearer a=b', undefined],
    ['Bearer "abc"', undefined],
    ['Basic abc', undefined],
    ['abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, token) => {
    expect(bearerToken(header)).toBe(token);
  });

  it('is looked for in the header only', async () => {
    const { app, service } = await anApi({ authentication: recordedAuthentication() });
    const url = `/jobs?access_token=${tokens.admin}&token=${tokens.admin}`;
    const headers = { cookie: `token=${tokens.admin}`, 'x-token': tokens.admin };
    const payload = { name: 'a', access_token: tokens.admin };
    expect((await app.inject({ method: 'POST', url, headers, payload })).statusCode).toBe(401);
    expect(service.submissions).toEqual([]);
  });

  it('is refused with a second one beside it that is good', async () => {
    const { port } = await aListeningApi({ authentication: recordedAuthentication() });
    const both = `Authorization: Bearer ${tokens.unknown}\r\nAuthorization: Bearer ${tokens.admin}\r\n`;
    const answer = await rawRequest(port, `GET /jobs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${both}\r\n`);
    expect(answer.status).toBe(401);
  });

  it('never reaches the log or the metrics, also when it is put in the wrong place', async () => {
    const authentication = recordedAuthentication();
    const logged: object[] = [];
    const logger = { error: (fields: object) => void logged.push(fields) };
    const { app, service } = await anApi({ authentication, logger });
    service.bug = new Error('a bug');
    const secrets = Object.values(tokens);
    for (const token of secrets) {
      const url = `/jobs/${token}?access_token=${token}`;
      for (const headers of [{}, withToken(token), { authorization: token }, { authorization: `Basic ${token}` }]) {
        for (const path of [url, `/${token}`, `/jobs?label=a=${token}`, '/jobs/019a4e0c-5d6f-7a31-9c42-000000000001']) {
          await app.inject({ url: path, headers });
          await authentication.clock.advance(20_000);
        }
      }
    }
    expect(authentication.logger.lines.length).toBeGreaterThan(20);
    const kept = JSON.stringify([authentication.logger.lines, authentication.metrics.measured, logged]);
    for (const token of secrets) expect(kept).not.toContain(token);
  });
});

describe('refusals', () => {
  it('are counted by their reason, each one', async () => {
    const authentication = recordedAuthentication();
    const { app } = await anApi({ authentication });
    const shown = [
      undefined,
      'Basic abc',
      ...['unknown', 'expired'].map((kind) => `Bearer ${tokens[kind as 'unknown']}`),
    ];
    for (const authorization of [...shown, ...shown]) {
      await app.inject({ url: '/jobs', headers: authorization === undefined ? {} : { authorization } });
    }
    await app.inject({ method: 'POST', url: '/jobs', headers: withToken(tokens.read), payload: {} });
    const reasons = authentication.metrics.measured.map(({ name, labels }) => `${name} ${labels.reason}`);
    const counted = ['no_token', 'no_bearer_token', 'unknown_token', 'expired'];
    const names = [...counted, ...counted, 'role'].map((reason) => `kubejobs_access_refusals_total ${reason}`);
    expect(reasons).toEqual(names);
  });

  it('are told to the log once in ten seconds for each reason, with how many there were', async () => {
    const authentication = recordedAuthentication();
    const { app } = await anApi({ authentication });
    const ask = async (times: number, headers = {}): Promise<void> => {
      for (let i = 0; i < times; i += 1) await app.inject({ url: '/jobs', headers });
    };
    await ask(5);
    await ask(3, withToken(tokens.unknown));
    await authentication.clock.advance(9_999);
    await ask(1);
    await authentication.clock.advance(1);
    await ask(2);
    const told = authentication.logger.lines.map(({ fields }) => fields);
    expect(told).toEqual([
      { reason: 'no_token', method: 'GET', route: '/jobs', address: '127.0.0.1', alsoSinceTheLastLine: 0 },
      { reason: 'unknown_token', method: 'GET', route: '/jobs', address: '127.0.0.1', alsoSinceTheLastLine: 0 },
      { reason: 'no_token', method: 'GET', route: '/jobs', address: '127.0.0.1', alsoSinceTheLastLine: 5 },
    ]);
  });

  it('name the token whose role is not enough, and its role', async () => {
    const authentication = recordedAuthentication();
    const { app } = await anApi({ authentication });
    const headers = withToken(tokens.read);
    const answer = await app.inject({ method: 'DELETE', url: '/jobs/019a4e0c-5d6f-7a31-9c42-000000000001', headers });
    expect(answer.json().detail).toBe('This call needs the role submit or admin; the token reader has the role read.');
    expect(authentication.logger.lines).toMatchObject([
      { level: 'warn', fields: { reason: 'role', name: 'reader', role: 'read', route: '/jobs/:job_id' } },
    ]);
  });
});
