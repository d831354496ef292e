// The dashboard's files as the server sends them: to everyone, with a strict policy, packed, and cached by their names.
import { describe, expect, test } from 'vitest';
import type { DashboardFile } from '../../pkg/api/dashboard-routes.ts';
import { anApi } from '../support/api-under-test.ts';
import { recordedAuthentication } from '../support/tokens.ts';

function file(contentType: string, text: string): DashboardFile {
  const packed = { br: Buffer.from(`br of ${text}`), gzip: Buffer.from(`gzip of ${text}`) };
  return { contentType, etag: `"${text}"`, content: Buffer.from(text), packed };
}

const dashboard = {
  page: file('text/html; charset=utf-8', 'page'),
  assets: new Map([['index-abc.js', file('text/javascript; charset=utf-8', 'script')]]),
};

const aDashboard = () => anApi({ dashboard, authentication: recordedAuthentication() });

describe('the page', () => {
  test('is for everyone, also where the API asks for a token', async () => {
    const { app } = await aDashboard();
    const answer = await app.inject('/');
    expect([answer.statusCode, answer.body]).toEqual([200, 'page']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
    });
    expect((await app.inject('/jobs')).statusCode).toBe(401);
  });

  test('may load nothing but its own files, and nothing inline', async () => {
    const { app } = await aDashboard();
    const policy = String((await app.inject('/')).headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('says plainly that it was not built', async () => {
    const { app } = await anApi();
    const answer = await app.inject('/');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(answer.body).toMatch(/dashboard was not built: run `npm run build`/);
  });

  test('is not sent to those who have it', async () => {
    const { app } = await aDashboard();
    const again = await app.inject({ url: '/', headers: { 'if-none-match': 'W/"page"' } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await app.inject({ url: '/', headers: { 'if-none-match': '"other"' } })).statusCode).toBe(200);
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=0.8', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', undefined],
    ['', undefined],
  ])('is packed as the client takes it: %s', async (accepted, encoding) => {
    const { app } = await aDashboard();
    const answer = await app.inject({ url: '/', headers: { 'accept-encoding': accepted } });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.body).toBe(encoding === undefined ? 'page' : `${encoding} of page`);
  });

  test.each(['POST', 'PUT', 'DELETE'] as const)('takes no %s', async (method) => {
    const { app } = await anApi({ dashboard });
    const answer = await app.inject({ method, url: '/' });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('has a head without a body', async () => {
    const { app } = await aDashboard();
    const answer = await app.inject({ method: 'HEAD', url: '/' });
    expect([answer.statusCode, answer.body, answer.headers['content-length']]).toEqual([200, '', '4']);
  });
});

describe('an asset', () => {
  test('never changes, for its name has its hash', async () => {
    const { app } = await aDashboard();
    const answer = await app.inject('/assets/index-abc.js');
    expect([answer.statusCode, answer.body]).toEqual([200, 'script']);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test.each(['/assets/other.js', '/assets/..%2f..%2fpackage.json', '/assets/constructor'])(
    '%s that is not there is a problem document',
    async (url) => {
      const { app } = await aDashboard();
      const answer = await app.inject(url);
      expect(answer.json()).toMatchObject({ status: 404, code: 'not_found' });
      expect(answer.headers['cache-control']).toBe('no-store');
    },
  );
});
