// The one table that says which test runs the commands of which page. A block is run by the test of the first row that fits
// it; the commands that cannot be run here are left out of it, each for a reason. test/tidy/docs-commands.test.ts demands a
// row for every block; a new page needs nothing but its rows.
import { type ConsoleExample, examplesOf } from './console-examples.ts';
import { type FencedBlock, fencedBlocks } from './markdown.ts';
import { readRepositoryFile, repositoryFiles } from './repository.ts';
import { shellCommands } from './shell-words.ts';

export const languages = ['sh', 'console', 'ts', 'python'] as const;

interface Row {
  page: string;
  language: (typeof languages)[number];
  /** Those of the page that have this in their text; all when absent. */
  blocks?: RegExp;
  test: string;
}

export interface PlacedBlock extends FencedBlock {
  page: string;
  /** `undefined` where no row fits. */
  test: string | undefined;
}

/** A dry-run server beside it, and the block in a shell. */
const dryRun = 'test/process/docs-blocks.test.ts';
/** The same on a real control plane. */
const cluster = 'test/cluster/docs-pages.test.ts';
/** Command by command, each answer compared. */
const curlExamples = 'test/process/curl-examples.test.ts';
const cliPage = 'test/process/cli-page.test.ts';
const backup = 'test/process/backup.test.ts';
const python = 'test/install/python-client.test.ts';

const rows: Row[] = [
  { page: 'README.md', language: 'sh', blocks: /kubectl/, test: cluster },
  { page: 'README.md', language: 'sh', test: dryRun },
  { page: 'docs/api.md', language: 'console', blocks: /unauthenticated/, test: 'test/process/authentication.test.ts' },
  { page: 'docs/api.md', language: 'console', test: curlExamples },
  { page: 'docs/api.md', language: 'sh', blocks: /kubejobs serve/, test: cluster },
  { page: 'docs/api.md', language: 'sh', test: dryRun },
  { page: 'docs/api.md', language: 'ts', test: dryRun },
  { page: 'docs/api.md', language: 'python', test: python },
  { page: 'docs/authentication.md', language: 'sh', test: dryRun },
  { page: 'docs/cli.md', language: 'console', test: cliPage },
  { page: 'docs/cli.md', language: 'sh', test: dryRun },
  { page: 'docs/curl.md', language: 'console', test: curlExamples },
  { page: 'docs/curl.md', language: 'sh', test: dryRun },
  { page: 'docs/getting-started.md', language: 'console', test: cliPage },
  { page: 'docs/getting-started.md', language: 'sh', blocks: /--dry-run/, test: dryRun },
  { page: 'docs/getting-started.md', language: 'sh', test: cluster },
  { page: 'docs/how-to.md', language: 'console', test: cliPage },
  { page: 'docs/how-to.md', language: 'sh', blocks: /results|gang|install crds/, test: cluster },
  { page: 'docs/how-to.md', language: 'sh', test: dryRun },
  { page: 'docs/install.md', language: 'sh', blocks: /kubectl|helm|make deploy/, test: cluster },
  { page: 'docs/install.md', language: 'sh', blocks: /backup\.db/, test: backup },
  { page: 'docs/install.md', language: 'sh', test: dryRun },
  { page: 'docs/jobsets.md', language: 'sh', test: cluster },
  { page: 'docs/operations.md', language: 'console', test: 'test/process/operations-page.test.ts' },
  { page: 'docs/operations.md', language: 'sh', test: 'test/process/operations-page.test.ts' },
  { page: 'docs/podgroups.md', language: 'sh', test: cluster },
  { page: 'docs/policy.md', language: 'console', test: 'test/process/policy-check.test.ts' },
  { page: 'docs/reliability.md', language: 'sh', test: dryRun },
  { page: 'docs/results.md', language: 'sh', test: cluster },
  { page: 'docs/rights.md', language: 'sh', test: cluster },
  { page: 'docs/tutorial.md', language: 'console', test: cliPage },
  { page: 'docs/tutorial.md', language: 'sh', test: dryRun },
  { page: 'docs/workloads.md', language: 'sh', test: cluster },
  { page: 'examples/gang/README.md', language: 'sh', test: cluster },
  { page: 'examples/jobset/README.md', language: 'sh', test: cluster },
  { page: 'examples/python/README.md', language: 'sh', test: python },
];

/** Commands, by how they begin, that no block is run with. */
export const leftOut: ReadonlyArray<{ command: RegExp; why: string }> = [
  { command: /^docker /, why: 'takes Docker; test/tidy/image.test.ts reads the Dockerfile' },
  { command: /^make docker-/, why: 'takes Docker; test/tidy/image.test.ts reads the Dockerfile' },
  {
    command: /^kubectl .* exec /,
    why: 'no process in a simulated pod; test/process/backup.test.ts runs the same there',
  },
  { command: /^make (run|test|build)\b/, why: 'of the clone itself; the tests start what it builds and serves' },
  { command: /^npm (install|pack)/, why: 'test/install/package.test.ts packs the package and installs it' },
  { command: /^pip install/, why: 'test/install/python-client.test.ts has an environment with what is installed' },
  { command: /^openapi-python-client/, why: 'test/install/python-client.test.ts generates the client' },
  { command: /^make python-client/, why: 'test/install/python-client.test.ts generates the client' },
  { command: /^make demo-gang/, why: 'a cluster of its own; test/cluster/gang.test.ts plays the same' },
  { command: /^make demo-jobset/, why: 'a cluster of its own; test/cluster/jobset-queue.test.ts plays the same' },
  {
    command: /^kubectl apply .*stage\.yaml/,
    why: 'takes a KWOK with Stages as objects; test/cluster/gang.test.ts has it',
  },
  { command: /^make scorecard|npx vitest/, why: 'is itself tests, for hours' },
];

export const docPages = ['README.md', ...repositoryFiles('docs/*.md'), ...repositoryFiles('examples/*/README.md')];

/** All blocks of all pages that are commands or programs. */
export function placedBlocks(): PlacedBlock[] {
  return docPages.flatMap((page) =>
    fencedBlocks(readRepositoryFile(page))
      .filter(({ language }) => languages.some((each) => each === language))
      .map((block) => ({ ...block, page, test: rowOf(page, block)?.test })),
  );
}

function rowOf(page: string, { language, text }: FencedBlock): Row | undefined {
  return rows.find((row) => row.page === page && row.language === language && (row.blocks?.test(text) ?? true));
}

/** What this test has to run: shell blocks in the order of their page, without what is left out; empty ones are none. */
export function blocksFor(test: string, language: Row['language'] = 'sh'): PlacedBlock[] {
  return placedBlocks()
    .filter((block) => block.test === test && block.language === language)
    .map((block) => (language === 'sh' ? { ...block, text: withoutLeftOut(block.text) } : block))
    .filter(({ text }) => language !== 'sh' || shellCommands(text).length > 0);
}

/** The console examples of a page that this test compares. */
export function examplesFor(test: string, page: string): ConsoleExample[] {
  return blocksFor(test, 'console')
    .filter((block) => block.page === page)
    .flatMap(({ text, line }) => examplesOf(text, line));
}

function withoutLeftOut(text: string): string {
  const isLeftOut = (command: string): boolean => leftOut.some((row) => row.command.test(command));
  return commandLines(text)
    .filter((command) => !isLeftOut(command))
    .join('\n');
}

/** Lines that go on are one. */
export function commandLines(text: string): string[] {
  return text.split(/(?<!\\)\n/);
}

/** Rows that came to be superfluous. */
export function rowsWithoutBlocks(): Row[] {
  const blocks = placedBlocks();
  return rows.filter((row) => !blocks.some((block) => block.page === row.page && rowOf(row.page, block) === row));
}
