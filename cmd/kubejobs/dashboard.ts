// The dashboard's files as the build left them in dist/web: read once, at the start, with their packed forms beside them.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { DashboardFile, DashboardFiles } from '../../pkg/api/dashboard-routes.ts';
import { packageFolder } from './package-folder.ts';

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Undefined when it was not built, as when the program runs from its sources. */
export function readDashboard(folder = join(packageFolder(), 'dist', 'web')): DashboardFiles | undefined {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return undefined;
  const names = readdirSync(join(folder, 'assets')).filter((name) => extname(name) in contentTypes);
  const assets = new Map(names.map((name) => [name, readFile(join(folder, 'assets', name))]));
  return { page: readFile(page), assets };
}

function readFile(path: string): DashboardFile {
  const content = readFileSync(path);
  const packed = (suffix: string): Buffer | undefined =>
    existsSync(`${path}.${suffix}`) ? readFileSync(`${path}.${suffix}`) : undefined;
  const [br, gzip] = [packed('br'), packed('gz')];
  return {
    contentType: contentTypes[extname(path)] as string,
    etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
    content,
    packed: { ...(br && { br }), ...(gzip && { gzip }) },
  };
}
