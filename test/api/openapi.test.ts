import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { errorCatalogue } from '../../pkg/models/index.ts';
import { newServer } from '../support/api-server.ts';
import { errorsPage, errorsPagePath } from '../support/errors-page.ts';
import { openApiPath, openApiText, packageVersion } from '../support/openapi-document.ts';
import { routesOf } from '../support/routes.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: Array<{ token?: string[] }>;
  responses: Record<string, { description: string; content?: Record<string, { examples?: object }> }>;
}
interface Document {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

const app = await newServer({ version: packageVersion() });
afterAll(() => app.close());
const served: Document = (await app.inject('/openapi.json')).json();
const operations = Object.entries(served.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ call: `${method.toUpperCase()} ${path}`, operation })),
);

test('openapi.yaml is what the server serves (make openapi writes it)', async () => {
  const text = readFileSync(openApiPath, 'utf8');
  expect(parse(text)).toEqual(served);
  expect(text).toBe(await openApiText());
});

test('it is OpenAPI 3.1 of this version', () => {
  expect(served.openapi).toBe('3.1.0');
  expect(served.info.version).toBe(packageVersion());
});

test('every route but those of the two pages is described, and nothing else is', () => {
  const described = operations.map(({ call }) => call.replaceAll(/\{(\w+)\}/g, ':$1'));
  const routes = routesOf(app).filter((route) => !/^HEAD | \/docs| \/assets\/| \/$/.test(route));
  expect(described.sort()).toEqual(routes.sort());
});

test('every operation has a name of its own, a summary and a tag', () => {
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { call, operation } of operations) {
    expect([call, operation.summary.length > 0, operation.tags.length]).toEqual([call, true, 1]);
  }
});

test.each(operations)('$call declares its client errors as problem documents', ({ operation }) => {
  const errors = Object.entries(operation.responses).filter(([status]) => status >= '400');
  expect(errors.map(([status]) => status)).toContain('400');
  for (const [, response] of errors) {
    expect(Object.keys(response.content ?? {})).toEqual(['application/problem+json']);
    expect(response.description.length).toBeGreaterThan(10);
  }
});

test('every code of the catalogue appears, and no other', () => {
  const problem = served.components.schemas.Problem as { properties: { code: { enum: string[] } } };
  expect(problem.properties.code.enum.sort()).toEqual(Object.keys(errorCatalogue).sort());
});

/** The answer to a method that has no operation to describe it. */
const withoutOperation = ['method_not_allowed'];

test('every code is declared by the operations that can end in it, with its status', () => {
  const declared = operations.flatMap(({ operation }) =>
    Object.entries(operation.responses).flatMap(([status, response]) =>
      Object.values(response.content ?? {}).flatMap(({ examples }) =>
        Object.keys(examples ?? {}).map((code) => `${code} ${status}`),
      ),
    ),
  );
  const expected = Object.entries(errorCatalogue)
    .filter(([code]) => !withoutOperation.includes(code))
    .map(([code, { status }]) => `${code} ${status}`);
  expect([...new Set(declared)].sort()).toEqual(expected.sort());
});

test('docs/errors.md is the catalogue (make openapi writes it)', () => {
  expect(readFileSync(errorsPagePath, 'utf8')).toBe(errorsPage());
});

test('every operation says which role it needs, in the scheme of the tokens', () => {
  const schemes = (served.components as unknown as { securitySchemes: object }).securitySchemes;
  expect(schemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } });
  for (const { call, operation } of operations) {
    const [needs] = operation.security;
    const codes = Object.keys(operation.responses);
    expect([call, codes.includes('401')]).toEqual([call, needs !== undefined]);
    expect([call, codes.includes('403')]).toEqual([call, needs !== undefined && needs.token?.[0] !== 'read']);
  }
});
