// Mistakes on the command line end with 2 and name the flag and what is allowed; a server that is not there ends with 3.
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../../../support/command-line.ts';

const nowhere = ['--server', 'http://127.0.0.1:9'];

const mistakes: Array<[words: string[], ...says: string[]]> = [
  [['submit'], '--name is missing', '-f'],
  [['submit', 'job.yaml'], '--image is missing', '"job.yaml"', '-f'],
  [['submit', '-f', '/nowhere/job.yaml'], '/nowhere/job.yaml', 'ENOENT'],
  [['submit', '--name', 'a', '--priority', 'high'], '--priority', '"high"', 'an integer from -1000000 to 1000000'],
  [['submit', '--name', 'a', '--env', 'A'], '--env', '"A"', 'KEY=VALUE'],
  [['submit', '--name', 'a', '--start-after', 'soon'], '--start-after', '"soon"', '2026-12-24T18:00:00Z', '10m'],
  [['submit', '--name', 'a', '--after', 'id1:never'], '--after', '"id1:never"', ':success', ':failure or :finish'],
  [['submit', '--name', 'a', '--timeout', '5'], '--timeout', '"5"', 'a duration such as 30s'],
  [['submit', '--name', 'a', '--retries', '-1'], '--retries', '"-1"', 'an integer from 0 to 1000'],
  [['submit', '--name', 'a', '-o', 'xml'], '--output', '"xml"', 'json, yaml, wide, name or table'],
  [['submit', '--nmae', 'a'], '--nmae', '--name'],
  [['list', '--state', 'done'], '--state', '"done"', 'pending, running, succeeded'],
  [['list', '--limit', '0'], '--limit', '"0"', 'an integer from 1'],
  [['list', 'waiting'], '"waiting"', 'pending or running'],
  [['list', 'pending', '--state', 'failed'], '--state', 'pending'],
  [['get'], 'job-id'],
  [['priority', 'id1', 'high'], '"high"', 'an integer from -1000000'],
  [['priority', 'id1'], 'number'],
  [['retry'], 'a job id is missing, or --all'],
  [['retry', 'id1', '--since', '1h'], '--all is missing'],
  [['retry', '--all', 'id1'], '--all and a job id'],
  [['retry', '--all', '--state', 'running'], '--state', '"running"', 'succeeded, failed'],
  [['logs', 'id1', '--tail', 'x'], '--tail', '"x"', 'an integer from 0'],
  [['events', '--after', 'x'], '--after', '"x"', 'the id of an event'],
  [['settings', '--max-concurrency', '0'], '--max-concurrency', '"0"', 'an integer from 1 to 100000'],
  [['schedule', 'create', 'nightly'], '--cron is missing'],
  [['schedule', 'create', 'nightly', '--concurrency', 'Never'], '--concurrency', '"Never"', 'Allow, Forbid or Replace'],
  [['schedule', 'set', 'nightly'], 'nothing to change', '--cron'],
  [['completion', 'tcsh'], '"tcsh"', 'bash, zsh or fish'],
  [['list', '--server', 'ftp://a'], '--server', '"ftp://a"', 'http://127.0.0.1:8000'],
  [['list', '--server', 'http://a', '--context', 'b'], '--server and --context'],
  [['list', '--token-file', '/nowhere/token'], '/nowhere/token', 'ENOENT'],
  [['list', '--context', 'b'], '"b"', 'it has none'],
  [['lits'], '"lits"', 'submit, list, get'],
];

describe('wrong usage ends with 2:', () => {
  it.each(mistakes)('kubejobs %j', async (words, ...says) => {
    const { code, stdout, stderr } = await commandLine(words, {
      environment: { KUBEJOBS_SERVER: 'http://127.0.0.1:9' },
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const each of says) expect(stderr.toLowerCase()).toContain(each.toLowerCase());
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['{"name": "a"}\n[1]\n', 'stdin, line 2 must be a map'],
    ['{"name": "a"}\nname: b\n', 'stdin, line 2 is not JSON'],
    ['name: a\n---\n7\n', 'stdin, document 2 must be a map'],
    ['name: [\n', 'stdin cannot be read'],
    ['\n# nothing\n', 'stdin has no document'],
  ])('submit -f - with %j', async (stdin, says) => {
    const { code, stderr } = await commandLine(['submit', '-f', '-', ...nowhere], { stdin });
    expect({ code, says: stderr.includes(says) }).toEqual({ code: 2, says: true });
  });

  it('a token with characters that no token has, without repeating it', async () => {
    const environment = { KUBEJOBS_TOKEN: 'very secret' };
    const { code, stderr } = await commandLine(['list', ...nowhere], { environment });
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'kubejobs: the token has characters that no token has\n' });
  });

  it('a variable that holds no URL, without repeating it', async () => {
    const environment = { KUBEJOBS_SERVER: 'http://me:secret@127.0.0.1:9' };
    const { code, stderr } = await commandLine(['list'], { environment });
    expect({ code, secret: stderr.includes('secret') }).toEqual({ code: 2, secret: false });
    expect(stderr).toContain('KUBEJOBS_SERVER');
  });
});

describe('a mistake of spelling', () => {
  const help = (path: string) => `(${path} --help shows what is allowed)\n`;

  it.each([
    [['priority', '--loud'], `kubejobs: unknown option '--loud'\n${help('kubejobs priority')}`],
    [['submit', '--nmae', 'a'], `kubejobs: unknown option '--nmae' (did you mean --name?)\n${help('kubejobs submit')}`],
    [['schedule', 'lst'], `kubejobs: unknown command 'lst' (did you mean list?)\n${help('kubejobs schedule')}`],
    [['get'], `kubejobs: missing required argument 'JOB-ID'\n${help('kubejobs get')}`],
  ])('kubejobs %j hints at the help of that command', async (words, stderr) => {
    expect(await commandLine(words)).toEqual({ code: 2, stdout: '', stderr });
  });

  it.each([
    ['lits', 'list'],
    ['sumbit', 'submit'],
    ['cancle', 'cancel'],
  ])('kubejobs %s is taken for %s, whatever its flags', async (word, meant) => {
    const { code, stderr } = await commandLine([word, '--state', 'failed']);
    expect(code).toBe(2);
    expect(stderr).toContain(`kubejobs: there is no command "${word}" (did you mean ${meant}?); there are `);
  });

  it('that is like no command gets no guess', async () => {
    expect((await commandLine(['zzzzzzzz'])).stderr).not.toContain('did you mean');
  });
});

it('--help says what --start-after and --after take', async () => {
  const help = (await commandLine(['submit', '--help'])).stdout.replace(/\s+/g, ' ');
  expect(help).toMatch(/--start-after <WHEN> .*RFC 3339.*duration such as 10m/);
  expect(help).toMatch(/--after <JOB-ID\[:ON\]> .*success.*failure.*finish/);
});

it.each([['submit', '--name', 'a'], ['list'], ['wait', 'id1'], ['events'], ['logs', 'id1'], ['list', '--watch']])(
  'without a server kubejobs %s ends with 3',
  async (...words) => {
    const { code, stdout, stderr } = await commandLine([...words, '--server', 'http://127.0.0.1:9']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('there is no kubejobs server at http://127.0.0.1:9/');
  },
);
