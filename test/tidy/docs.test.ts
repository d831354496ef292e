// Docs and code agree, both ways: tables are the code's own, links lead somewhere, named targets exist.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../cmd/kubejobs/main.ts';
import { environmentName, serveOptions } from '../../internal/platform/configuration.ts';
import { configurationPage } from '../support/configuration-page.ts';
import { errorTable, metricTable } from '../support/doc-tables.ts';
import { anchorsOf, fencedBlocks, linksOf } from '../support/markdown.ts';
import { readRepositoryFile, repositoryFiles, repositoryRoot } from '../support/repository.ts';

const pages = repositoryFiles('*.md', ':!test/cluster/*/vendor/*');
const readme = readRepositoryFile('README.md');

describe('options', () => {
  it('are in the page about the configuration, all and nothing else', () => {
    expect(readRepositoryFile('docs/configuration.md')).toBe(configurationPage());
  });

  it('are in the help of serve, all and nothing else', () => {
    const serve = buildProgram().commands.find((command) => command.name() === 'serve');
    expect(serve?.options.map((option) => option.long)).toEqual(Object.keys(serveOptions).map((name) => `--${name}`));
    const help = serve?.helpInformation().replace(/\s+/g, ' ') ?? '';
    for (const [name, option] of Object.entries(serveOptions)) {
      expect(help).toContain(`--${name}`);
      expect(help).toContain(option.help);
      expect(help).toContain(environmentName(name));
    }
  });

  it('that any page names exist', () => {
    const known = new Set(Object.keys(serveOptions).map((name) => `--${name}`));
    const named = pages.flatMap((page) => {
      const commands = [...readRepositoryFile(page).matchAll(/kubejobs serve [^`\n]*|make run ARGS="[^"]*"/g)];
      return commands.flatMap(([command]) =>
        [...command.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => ({ page, flag })),
      );
    });
    expect(named.filter(({ flag }) => !known.has(flag) && flag !== '--help')).toEqual([]);
  });
});

describe('reference tables', () => {
  it('of the metrics are those of the code', () => {
    expect(readRepositoryFile('docs/metrics.md')).toContain(metricTable());
  });

  it('of the errors are those of the code', () => {
    expect(readRepositoryFile('docs/errors.md')).toContain(errorTable());
  });

  it('of the decisions list every record once', () => {
    const records = repositoryFiles('docs/decisions/0*.md').map((path) => posix.basename(path));
    const listed = linksOf(readRepositoryFile('docs/decisions/README.md')).filter((link) => /^\d{4}-/.test(link));
    expect(listed).toEqual(records.sort());
  });
});

describe('links', () => {
  const links = pages.flatMap((page) => linksOf(readRepositoryFile(page)).map((link) => ({ page, link })));
  const local = links.filter(({ link }) => !/^[a-z]+:/.test(link));

  it('inside the repository lead to files', () => {
    expect(local.length).toBeGreaterThan(10);
    const broken = local.filter(({ page, link }) => {
      const [path] = link.split('#');
      return path !== '' && !existsSync(posix.join(repositoryRoot, posix.dirname(page), path as string));
    });
    expect(broken).toEqual([]);
  });

  it('to a heading lead to one', () => {
    const broken = local.filter(({ page, link }) => {
      const [path, anchor] = link.split('#');
      if (anchor === undefined) return false;
      const target = path === '' ? page : posix.join(posix.dirname(page), path as string);
      return !anchorsOf(readRepositoryFile(target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });
});

describe('the index of docs/', () => {
  it('lists every page', () => {
    const listed = linksOf(readRepositoryFile('docs/README.md'));
    const every = repositoryFiles('docs/*.md', ':!docs/*/*').map((path) => posix.basename(path));
    expect(every.filter((page) => page !== 'README.md' && !listed.includes(page))).toEqual([]);
  });
});

describe('the Makefile', () => {
  const makefile = readRepositoryFile('Makefile');
  const benches = repositoryFiles('test/bench/*.ts').map((path) => `bench-${posix.basename(path, '.ts')}`);
  const targets = new Set([...makefile.matchAll(/^([a-z][a-z0-9-]*):/gm)].map((match) => match[1] as string));

  it('has every target that a page names', () => {
    const named = pages.flatMap((page) =>
      [...readRepositoryFile(page).matchAll(/(?:^|`)make ([a-z][a-z0-9-]*)/gm)].map((match) => ({
        page,
        target: match[1],
      })),
    );
    expect(named.length).toBeGreaterThan(5);
    const unknown = named.filter(({ target }) => !targets.has(target as string) && !benches.includes(target as string));
    expect(unknown).toEqual([]);
  });

  it('describes every target that it lets people call', () => {
    const described = new Set(
      [...makefile.matchAll(/^([a-z][a-z0-9-]*):.*## \S/gm)].map((match) => match[1] as string),
    );
    const internal = new Set(['node-version']);
    expect([...targets].filter((target) => !described.has(target) && !internal.has(target))).toEqual([]);
  });

  it('and CI test with the command of the README', () => {
    const commands = fencedBlocks(readme).flatMap((block) => (block.language === 'sh' ? block.text.split('\n') : []));
    expect(commands.some((command) => command.startsWith('make run'))).toBe(true);
    expect(commands.some((command) => command.startsWith('make test '))).toBe(true);
    expect(readRepositoryFile('.ci/run')).toMatch(/^timeout \d+ make --no-print-directory test /m);
  });
});

describe('tracked files', () => {
  const texts = repositoryFiles().filter((path) => !/\.(png|jpg|ico|sum)$/.test(path));
  const folders = [repositoryRoot, `${homedir()}/`].filter((path) => path.split('/').length > 3);
  const aHome = /\/(?:home|Users)\/[a-z][\w-]*\/|\/root\//;

  it('name no path of a machine', () => {
    const found = texts.filter((path) => {
      const text = readRepositoryFile(path);
      return aHome.test(text) || folders.some((folder) => text.includes(folder));
    });
    expect(found).toEqual([]);
  });

  it('name no host that packages are loaded from', () => {
    const hosts = /"resolved": "https?:|registry\.(?:npmjs|yarnpkg)\b|^\s*registry\s*=/m;
    expect(texts.filter((path) => hosts.test(readRepositoryFile(path)))).toEqual([]);
  });
});
