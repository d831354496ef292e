// The Dockerfile, as far as it can be judged without a container engine: what it copies is there, what it runs works.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readRepositoryFile, repositoryFiles } from '../support/repository.ts';

const dockerfile = readRepositoryFile('Dockerfile').replaceAll('\\\n', '');
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line));
const allowed = readRepositoryFile('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));
const run = promisify(execFile);

describe('the image', () => {
  it('is built from what the build needs, and from nothing else', () => {
    const { include } = JSON.parse(readRepositoryFile('tsconfig.build.json')) as { include: string[] };
    expect(allowed).toEqual(expect.arrayContaining([...include, 'package.json', 'package-lock.json', 'tsconfig.json']));
    expect(allowed.filter((path) => /^(test|docs|examples|\.git|node_modules)/.test(path))).toEqual([]);
  });

  it('copies only what is there', () => {
    const copied = instructions.filter((line) => line.startsWith('COPY ')).flatMap((line) => sourcesOf(line));
    const missing = copied.filter((path) => !['.', 'node_modules', 'dist'].includes(path) && !allowed.includes(path));
    expect(missing).toEqual([]);
    expect(copied.filter((path) => allowed.includes(path) && repositoryFiles(path).length === 0)).toEqual([]);
  });

  it('has what the package has, but for its pages and examples', () => {
    const { files } = JSON.parse(readRepositoryFile('package.json')) as { files: string[] };
    const copied = instructions.filter((line) => line.startsWith('COPY --from=')).flatMap((line) => sourcesOf(line));
    expect(copied).toEqual(expect.arrayContaining(files.filter((path) => !/\.md$|^!|^docs$|^examples$/.test(path))));
  });

  it('runs as a user whom a cluster can tell from root', () => {
    expect(instructions.filter((line) => line.startsWith('USER '))).toEqual(['USER 1000:1000']);
  });

  it('is healthy while /livez answers 200, and not when it answers anything else or nobody does', async () => {
    const [, command = ''] = /^HEALTHCHECK .* CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [program, ...words] = JSON.parse(command) as [string, ...string[]];
    const paths: string[] = [];
    const server = createServer((request, reply) => {
      paths.push(request.url ?? '');
      reply.writeHead(paths.length === 1 ? 200 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = (): Promise<unknown> => run(program, words, { env: { ...process.env, KUBEJOBS_PORT: String(port) } });
    await check();
    await expect(check()).rejects.toMatchObject({ code: 1 });
    await new Promise((resolve) => server.close(resolve));
    await expect(check()).rejects.toMatchObject({ code: 1 });
    expect(paths).toEqual(['/livez', '/livez']);
  });
});

/** Without the folder of the other stage. */
function sourcesOf(copy: string): string[] {
  const words = copy
    .split(/\s+/)
    .slice(1)
    .filter((word) => !word.startsWith('--'));
  return words.slice(0, -1).map((word) => word.replace(/^\/app\//, ''));
}
