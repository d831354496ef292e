// The routes that a server really has, read from Fastify's own tree of them.
import type { FastifyInstance } from 'fastify';

/** Each as `GET /jobs/:job_id`; HEAD too. */
export function routesOf(app: FastifyInstance): string[] {
  const parents: string[] = [];
  const routes = app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S*) \(([^)]+)\)/.exec(line) ?? [];
      const level = indent.length / 4;
      const path = (parents[level - 1] ?? '') + part;
      parents[level] = path;
      return part === '' ? [] : methods.split(', ').map((method) => `${method} ${path}`);
    });
  return [...new Set(routes)];
}
