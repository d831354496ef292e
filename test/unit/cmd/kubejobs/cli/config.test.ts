// Which server and which token a command uses, and the file that says so.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CommandLineResult, commandLine } from '../../../../support/command-line.ts';
import { aScriptedServer } from '../../../../support/scripted-server.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

function aFolder() {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const file = `${folder.path}/kubejobs/config.yaml`;
  writeFileSync(`${folder.path}/token`, 'of-the-context\n');
  const run = (words: readonly string[], environment: Record<string, string> = {}): Promise<CommandLineResult> =>
    commandLine(words, { environment: { KUBEJOBS_CONFIG: file, ...environment } });
  return { file, tokenFile: `${folder.path}/token`, run };
}

describe('kubejobs config', () => {
  it('keeps contexts in a file of its owner', async () => {
    const { file, tokenFile, run } = aFolder();
    await run(['config', 'set-context', 'here', '--server', 'http://127.0.0.1:8000']);
    await run(['config', 'set-context', 'prod', '--server', 'https://jobs.example.org/q', '--token-file', tokenFile]);
    await run(['config', 'set-context', 'prod', '-n', 'ml']);
    expect((await run(['config', 'current-context'])).stdout).toBe('here\n');
    await run(['config', 'use-context', 'prod']);
    const view = await run(['config', 'view']);
    expect(view.stdout).toBe(
      `current_context: prod\ncontexts:\n  here:\n    server: http://127.0.0.1:8000/\n` +
        `  prod:\n    server: https://jobs.example.org/q/\n    token_file: ${tokenFile}\n    namespace: ml\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe(view.stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await run(['config', 'delete-context', 'prod']);
    expect(await run(['config', 'current-context'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    [['config', 'set-context', 'a'], '--server is missing'],
    [['config', 'set-context', 'a', '--server', 'http://me:secret@a'], '--server'],
    [['config', 'set-context', 'a b', '--server', 'http://a'], 'the context’s name'],
    [['config', 'use-context', 'a'], 'there is no context "a"'],
  ])('%j ends with 2', async (words, says) => {
    const { code, stderr } = await aFolder().run(words);
    expect({ code, says: stderr.includes(says) }).toEqual({ code: 2, says: true });
  });

  it.each([
    ['contexts: [', 'it is not YAML'],
    ['contexts: {a: {token_file: b}}', 'contexts.a.server is missing'],
    ['contexts: {a: {server: http://a, token: secret}}', 'contexts.a.token is not a field'],
  ])('a file with %s ends with 2 and repeats no value', async (content, says) => {
    const { tokenFile: file } = aFolder();
    writeFileSync(file, content);
    const { code, stderr } = await commandLine(['list'], { environment: { KUBEJOBS_CONFIG: file } });
    expect({ code, says: stderr.includes(says), secret: stderr.includes('secret') }).toEqual({
      code: 2,
      says: true,
      secret: false,
    });
  });
});

describe('the server and its token', () => {
  async function twoServers() {
    const folder = aFolder();
    const [context, other] = [
      await aScriptedServer({ 'GET /settings': {} }),
      await aScriptedServer({ 'GET /settings': {} }),
    ];
    await folder.run(['config', 'set-context', 'c', '--server', context.url, '--token-file', folder.tokenFile]);
    const tokens = (server: typeof other) => server.asked.map(({ headers }) => headers.authorization);
    return { ...folder, other, asked: () => ({ context: tokens(context), other: tokens(other) }) };
  }

  it('are those of the current context', async () => {
    const { run, asked } = await twoServers();
    await run(['settings']);
    expect(asked()).toEqual({ context: ['Bearer of-the-context'], other: [] });
  });

  it.each(['flag', 'variable'])('of a %s replace the context, whose token goes nowhere else', async (by) => {
    const { run, other, asked } = await twoServers();
    if (by === 'flag') await run(['settings', '--server', other.url]);
    else await run(['settings'], { KUBEJOBS_SERVER: other.url });
    expect(asked()).toEqual({ context: [], other: [undefined] });
  });

  it('of the environment give way to --context, token and all', async () => {
    const { run, other, asked } = await twoServers();
    await run(['settings', '--context', 'c'], { KUBEJOBS_SERVER: other.url, KUBEJOBS_TOKEN: 'of-the-other' });
    expect(asked()).toEqual({ context: ['Bearer of-the-context'], other: [] });
  });

  it('may be a token of the environment, or of a file that it or a flag names', async () => {
    const { run, other, tokenFile, asked } = await twoServers();
    const server = { KUBEJOBS_SERVER: other.url };
    await run(['settings'], { ...server, KUBEJOBS_TOKEN: 'a' });
    await run(['settings'], { ...server, KUBEJOBS_TOKEN: 'a', KUBEJOBS_TOKEN_FILE: tokenFile });
    await run(['settings', '--token-file', tokenFile], { ...server, KUBEJOBS_TOKEN: 'a' });
    expect(asked().other).toEqual(['Bearer a', 'Bearer of-the-context', 'Bearer of-the-context']);
  });

  it('come with the namespace of jobs that name none', async () => {
    const { run } = aFolder();
    const { url, asked } = await aScriptedServer({ 'POST /jobs': { job_id: 'id1' } });
    await run(['config', 'set-context', 'c', '--server', url, '-n', 'ml']);
    await run(['submit', '--name', 'a']);
    await run(['submit', '--name', 'a', '-n', 'other']);
    expect(asked.map(({ body }) => JSON.parse(body))).toEqual([
      { name: 'a', namespace: 'ml' },
      { name: 'a', namespace: 'other' },
    ]);
  });
});

describe('kubejobs completion', () => {
  async function completed(...words: string[]): Promise<string[]> {
    const { stdout } = await commandLine(['completion', 'bash']);
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
    const script = `${stdout}\n${line}; _kubejobs; echo "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split(' ');
  }

  it('completes commands and flags in bash', async () => {
    expect(await completed('kubejobs', 're')).toEqual(['retry', 'release', 'resume']);
    expect(await completed('kubejobs', 'schedule', 's')).toEqual(['set', 'suspend']);
    expect(await completed('kubejobs', 'submit', '--name', 'x', '--ima')).toEqual(['--image']);
    expect(await completed('kubejobs', 'serve', '--dry')).toEqual(['--dry-run', '--dry-run-duration']);
  });

  it('is a script for zsh and fish too', async () => {
    expect((await commandLine(['completion', 'zsh'])).stdout).toMatch(/^#compdef kubejobs\n/);
    const { stdout } = await commandLine(['completion', 'fish']);
    expect(stdout).toContain(`complete -c kubejobs -n '__fish_seen_subcommand_from submit' -l image`);
  });
});
