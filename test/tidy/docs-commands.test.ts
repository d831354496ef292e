// Every command in the docs is run by a test or, where it needs what a test has not, left out for a reason; which and why says
// test/support/docs-table.ts. All of them, run or not, name commands, flags, calls and files that exist.
import { existsSync, writeFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../cmd/kubejobs/main.ts';
import { policyCheck } from '../../cmd/kubejobs/policy-check.ts';
import { ConfigurationError } from '../../internal/platform/configuration.ts';
import { commandLines, leftOut, docPages as pages, placedBlocks, rowsWithoutBlocks } from '../support/docs-table.ts';
import { fencedBlocks } from '../support/markdown.ts';
import { readRepositoryFile, repositoryRoot } from '../support/repository.ts';
import { shellCommands } from '../support/shell-words.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Shown {
  page: string;
  line: number;
  words: string[];
}

const shown: Shown[] = pages.flatMap((page) =>
  fencedBlocks(readRepositoryFile(page)).flatMap(({ language, line, text }) => {
    if (language !== 'sh' && language !== 'console') return [];
    return shellCommands(typed(text)).map((words) => ({ page, line, words: asInstalled(words) }));
  }),
);

/** Without the answers, where a block has some. */
function typed(text: string): string {
  if (!/^\$ /m.test(text)) return text;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) lines.push(line.slice(2));
    else if (lines.at(-1)?.endsWith('\\')) lines.push(line);
  }
  return lines.join('\n');
}

function asInstalled(words: string[]): string[] {
  if (words[0] === 'node' && words[1] === 'dist/cmd/kubejobs/main.js') return ['kubejobs', ...words.slice(2)];
  return words;
}

/** What the program’s own parser says against it, without doing anything. */
function mistakeIn(words: readonly string[]): string | undefined {
  let command: Command = buildProgram();
  let rest = words;
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (next === undefined) break;
    command = next;
    rest = rest.slice(1);
  }
  if (command.parent === null && rest[0] !== undefined && !rest[0].startsWith('-')) return `no command ${rest[0]}`;
  try {
    const unknown = command
      .exitOverride()
      .parseOptions([...rest])
      .unknown.filter((word) => word.startsWith('-'));
    return unknown.length === 0 || unknown[0] === '--help' ? undefined : unknown.join(' ');
  } catch (error) {
    if (error instanceof CommanderError || error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

const routes = Object.keys((parse(readRepositoryFile('openapi.yaml')) as { paths: object }).paths).map(
  (path) => new RegExp(`^${path.replace(/\{[^}]*\}/g, '[^/?]+')}$`),
);

describe('commands in the docs', () => {
  it('are found', () => {
    expect(shown.length).toBeGreaterThan(150);
  });

  it('of kubejobs have commands and flags that exist', () => {
    const wrong = shown
      .filter(({ words }) => words[0] === 'kubejobs')
      .map((each) => ({ ...each, mistake: mistakeIn(each.words.slice(1)) }))
      .filter(({ page, mistake, line }) => mistake !== undefined && !isAMistakeOnPurpose(page, line));
    expect(wrong).toEqual([]);
  });

  it('of curl call what openapi.yaml has', () => {
    const urls = shown
      .filter(({ words }) => words[0] === 'curl')
      .map(({ page, line, words }) => ({ page, line, url: words.find((word) => /^(http:\/\/)?localhost/.test(word)) }));
    const unknown = urls.filter(({ url }) => {
      const path = url?.replace(/^(http:\/\/)?localhost:8000/, '').replace(/\?.*$/, '');
      return path === undefined || !routes.some((route) => route.test(path));
    });
    expect(unknown).toEqual([]);
  });

  it('name files of the repository that exist', () => {
    const files = shown.flatMap(({ page, line, words }) =>
      words.filter((word) => /^(?:deploy|examples|test)\/[\w./-]+$/.test(word)).map((file) => ({ page, line, file })),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter(({ file }) => !existsSync(`${repositoryRoot}${file}`))).toEqual([]);
  });
});

describe('the blocks of the docs', () => {
  const blocks = placedBlocks();

  it('are each in the table: a new one wants a row in test/support/docs-table.ts', () => {
    const without = blocks.filter(({ test }) => test === undefined).map(({ page, line }) => `${page}:${line}`);
    expect(without).toEqual([]);
  });

  it('are read from their pages by the tests that run them', () => {
    for (const { page, test = '' } of blocks) {
      const text = readRepositoryFile(test);
      expect(text.includes('blocksFor(') || text.includes(page), `${test} runs ${page}`).toBe(true);
    }
  });

  it('lack only commands of the table, and the table has none that no page has', () => {
    const commands = blocks.filter(({ language }) => language === 'sh').flatMap(({ text }) => commandLines(text));
    const unused = leftOut.filter(({ command }) => !commands.some((each) => command.test(each)));
    expect(unused).toEqual([]);
    expect(rowsWithoutBlocks()).toEqual([]);
  });
});

/** The page about the command line shows what a misspelt flag is answered with. */
function isAMistakeOnPurpose(page: string, line: number): boolean {
  const text = readRepositoryFile(page).split('\n').slice(line).join('\n');
  return page === 'docs/cli.md' && text.slice(0, text.indexOf('\n```')).includes('unknown option');
}

describe('JSON and YAML in the docs', () => {
  it('can be read', () => {
    for (const page of pages) {
      for (const { language, text, line } of fencedBlocks(readRepositoryFile(page))) {
        if (language === 'json') expect(() => JSON.parse(text) as unknown, `${page}:${line}`).not.toThrow();
        if (language === 'yaml')
          for (const each of text.split(/^---$/m))
            expect(() => parse(each) as unknown, `${page}:${line}`).not.toThrow();
      }
    }
  });

  it('are taken by the server’s own checks where they are jobs', () => {
    const folder = temporaryFolder();
    // Those of docs/policy.md are judged by test/process/policy-check.test.ts.
    const jobs = pages
      .filter((page) => page !== 'docs/policy.md')
      .flatMap((page) =>
        fencedBlocks(readRepositoryFile(page))
          .filter(({ language, text }) => language === 'json' && /"(?:image|workload)":/.test(text))
          .map(({ text, line }) => ({ text, where: `${page}:${line}` }))
          .filter(({ text }) => 'name' in (JSON.parse(text) as object)),
      );
    expect(jobs.length).toBeGreaterThan(1);
    for (const { text, where } of jobs) {
      writeFileSync(`${folder.path}/job.json`, text);
      const lines: string[] = [];
      expect(
        policyCheck({ filename: `${folder.path}/job.json` }, {}, (line) => lines.push(line)),
        `${where} ${lines}`,
      ).toBe(true);
    }
    folder.remove();
  });
});
