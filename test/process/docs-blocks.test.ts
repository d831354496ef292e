// The blocks of the docs that need no cluster and show no answer, page by page against a server of the real program in a dry
// run: every command ends with 0. Which blocks these are says test/support/docs-table.ts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlockShell } from '../support/block-shell.ts';
import { blocksFor } from '../support/docs-table.ts';
import { repositoryRoot } from '../support/repository.ts';
import { getJson } from '../support/server-process.ts';

vi.setConfig({ testTimeout: 120_000 });

const dryRun = ['--dry-run', '--dry-run-duration', '100ms'];
const blocks = blocksFor('test/process/docs-blocks.test.ts');

describe.each([...new Set(blocks.map(({ page }) => page))])('the commands of %s', (page) => {
  const ofPage = blocks.filter((block) => block.page === page);
  let shell: BlockShell;
  beforeAll(async () => {
    shell = await BlockShell.start();
    if (!ofPage.every(({ text }) => text.includes('kubejobs serve'))) await shell.serve(...dryRun);
  });
  afterAll(() => shell?.stop());

  it.each(ofPage)('line $line', async ({ text }) => {
    const { code, output } = await shell.run(text);
    expect(code, output).toBe(0);
  });
});

describe.each(blocksFor('test/process/docs-blocks.test.ts', 'ts'))('the program of $page, line $line', ({ text }) => {
  let shell: BlockShell;
  beforeAll(async () => {
    shell = await BlockShell.start();
    await shell.serve(...dryRun);
    const installed = join(shell.folder, 'node_modules/kubejobs');
    mkdirSync(installed, { recursive: true });
    symlinkSync(`${repositoryRoot}pkg`, join(installed, 'pkg'));
    const exports = { './client': './pkg/client/index.ts' };
    writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'kubejobs', type: 'module', exports }));
    writeFileSync(join(shell.folder, 'program.mts'), text.replaceAll('http://localhost:8000', shell.url));
  });
  afterAll(() => shell?.stop());

  it('has no mistake of type', () => {
    const ours = createRequire(import.meta.url);
    const tsc = join(ours.resolve('typescript/package.json'), '../bin/tsc');
    const types = join(ours.resolve('@types/node/package.json'), '../..');
    const module = ['--module', 'nodenext', '--target', 'es2023', '--allowImportingTsExtensions', '--noEmit'];
    const flags = ['--strict', ...module, '--typeRoots', types, '--types', 'node', '--skipLibCheck'];
    execFileSync(process.execPath, [tsc, ...flags, 'program.mts'], { cwd: shell.folder, encoding: 'utf8' });
  });

  it('does what it says', async () => {
    const before = await getJson<unknown[]>(`${shell.url}/jobs`);
    const { code, output } = await shell.run('"$READER_NODE" --import "$READER_LOADER" program.mts');
    expect(code, output).toBe(0);
    expect(await getJson<unknown[]>(`${shell.url}/jobs`)).toHaveLength(before.length + 1);
  });
});
