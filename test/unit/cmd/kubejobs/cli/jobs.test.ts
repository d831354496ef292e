// list, get, wait, retry and the changes of single jobs: what they ask, what they print, how they end.
import { describe, expect, it, vi } from 'vitest';
import { commandLine, startCommandLine } from '../../../../support/command-line.ts';
import { type Asked, answer, aScriptedServer, type Exchange, problem } from '../../../../support/scripted-server.ts';

const now = () => Date.parse('2026-11-04T10:00:00Z');

function aJob(number: number, fields: object = {}): Record<string, unknown> & { job_id: string } {
  const created_at = '2026-11-04T09:30:00Z';
  return {
    job_id: `id${number}`,
    name: `job${number}`,
    priority: 0,
    queue: 'default',
    state: 'pending',
    attempt: 0,
    created_at,
    ...fields,
  };
}

const calls = (asked: readonly Asked[]): string[] => asked.map(({ method, path }) => `${method} ${path}`);

describe('kubejobs list', () => {
  const jobs = [aJob(2, { state: 'failed', reason: 'exit_code', exit_code: 3, attempt: 2 }), aJob(1)];

  it('prints the server’s documents in a pipe', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs': jobs });
    const { stdout, stderr } = await commandLine(['list', '--server', url]);
    expect({ jobs: JSON.parse(stdout), stderr }).toEqual({ jobs, stderr: '' });
  });

  it('prints a table on a terminal', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs': jobs });
    const { stdout } = await commandLine(['list', '--server', url], { terminal: true, now });
    expect(stdout.split('\n')).toEqual([
      'JOB-ID  NAME  STATE    REASON     PRIORITY  ATTEMPT  EXIT  AGE',
      'id2     job2  failed   exit_code  0         2        3     30m',
      'id1     job1  pending  -          0         0        -     30m',
      '',
    ]);
  });

  it('prints ids that other commands take, YAML, and more columns', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs': jobs });
    const print = async (format: string) =>
      (await commandLine(['list', '-o', format, '--server', url], { now })).stdout;
    expect(await print('name')).toBe('id2\nid1\n');
    expect(await print('yaml')).toContain('- job_id: id2\n  name: job2\n');
    expect(await print('wide')).toMatch(/^JOB-ID .* AGE +QUEUE +POSITION +NAMESPACE +RAN +MESSAGE\n/);
  });

  it('prints what a variable says, unless a flag says otherwise', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs': jobs });
    const environment = { KUBEJOBS_OUTPUT: 'name' };
    expect((await commandLine(['list', '--server', url], { environment })).stdout).toBe('id2\nid1\n');
    expect((await commandLine(['list', '-o', 'json', '--server', url], { environment })).stdout).toMatch(/^\[/);
    const wrong = await commandLine(['list', '--server', url], { environment: { KUBEJOBS_OUTPUT: 'xml' } });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('KUBEJOBS_OUTPUT is "xml"; allowed is json'),
    });
  });

  it('asks with every filter', async () => {
    const { url, asked } = await aScriptedServer({ 'GET /jobs': [] });
    const filters = [
      '--state',
      'failed,expired',
      '--queue',
      'q',
      '--name',
      'a',
      '-l',
      'a=1',
      '-l',
      'b=2',
      '--limit',
      '5',
    ];
    expect((await commandLine(['list', ...filters, '--server', url])).stdout).toBe('[]\n');
    expect(calls(asked)).toEqual([
      'GET /jobs?limit=5&state=failed&state=expired&queue=q&name=a&label=a%3D1&label=b%3D2',
    ]);
  });

  it('follows the pages, and says when it stops before the last', async () => {
    const headers = { link: '</jobs?cursor=c2>; rel="next"', 'x-total-count': '7' };
    const { url, asked } = await aScriptedServer({
      'GET /jobs': [answer([aJob(3)], headers), answer([aJob(2)], headers), answer([aJob(1)])],
    });
    const all = await commandLine(['list', '--all', '-o', 'name', '--server', url]);
    expect(all).toEqual({ code: 0, stdout: 'id3\nid2\nid1\n', stderr: '' });
    expect(calls(asked)[1]).toBe('GET /jobs?limit=1000&cursor=c2');
    const other = await aScriptedServer({ 'GET /jobs': answer([aJob(3)], headers) });
    const { stderr } = await commandLine(['list', '--limit', '1', '--server', other.url]);
    expect(stderr).toBe('only 1 of 7 are shown (--all, --limit)\n');
  });

  it('shows the queue in its order', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs/pending': [{ name: 'job1', job_id: 'id1', priority: 7 }] });
    const { stdout } = await commandLine(['list', 'pending', '-o', 'table', '--server', url]);
    expect(stdout).toBe('JOB-ID  NAME  PRIORITY\nid1     job1  7\n');
  });

  it('lets no text of a job steer the terminal', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs': [aJob(1, { message: 'a\x1b[2Jb\nc' })] });
    const { stdout } = await commandLine(['list', '-o', 'wide', '--server', url]);
    expect(stdout).toContain('a?[2Jb?c');
    expect(stdout).not.toContain('\x1b');
  });
});

describe('list --watch', () => {
  /** Each event is sent when the list has been asked for so many times. */
  async function aChangingServer(lists: object[][]) {
    let tell = () => {};
    const events = ({ response }: Exchange): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
      tell = () => void response.write('id: 1\nevent: running\ndata: {}\n\n');
    };
    const loads = lists.map((list, index) => (exchange: Exchange): void => {
      answer(list)(exchange);
      if (index + 1 < lists.length) tell();
    });
    return aScriptedServer({ 'GET /jobs': loads, 'GET /events': events });
  }
  const lists = [[aJob(1)], [aJob(2), aJob(1)], [aJob(2), aJob(1, { state: 'running' })]];

  it('prints a line for what is new or has changed, in a pipe', async () => {
    const { url } = await aChangingServer(lists);
    const stop = new AbortController();
    const watching = startCommandLine(['list', '-w', '--server', url], { signal: stop.signal });
    await vi.waitFor(() => expect(watching.stdout().split('\n')).toHaveLength(4));
    stop.abort();
    const { code, stdout } = await watching.ended;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([aJob(1), aJob(2), aJob(1, { state: 'running' })]);
    expect(code).toBe(0);
  });

  it('writes over the table before, on a terminal, and keeps to its size', async () => {
    const { url } = await aChangingServer([[aJob(1)], [aJob(2), aJob(1), aJob(3), aJob(4)]]);
    const stop = new AbortController();
    const options = { signal: stop.signal, terminal: true, columns: 24, rows: 5, now };
    const watching = startCommandLine(['list', '-w', '--server', url], options);
    await vi.waitFor(() => expect(watching.stdout()).toContain('more'));
    stop.abort();
    expect((await watching.ended).stdout.split('\n')).toEqual([
      'JOB-ID  NAME  STATE    ',
      'id1     job1  pending  ',
      '\x1b[2A\x1b[JJOB-ID  NAME  STATE    ',
      'id2     job2  pending  ',
      'id1     job1  pending  ',
      '… 2 more',
      '',
    ]);
  });

  it('ends with the server’s refusal', async () => {
    const { url } = await aScriptedServer({ 'GET /events': problem('unauthenticated') });
    expect(await commandLine(['list', '-w', '--server', url])).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('kubejobs get', () => {
  it('prints one job as an object, several as a list', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs/id1': aJob(1), 'GET /jobs/id2': aJob(2) });
    expect(JSON.parse((await commandLine(['get', 'id1', '--server', url])).stdout)).toEqual(aJob(1));
    expect(JSON.parse((await commandLine(['get', 'id1', 'id2', '--server', url])).stdout)).toEqual([aJob(1), aJob(2)]);
  });

  it('shows all of one job to a person', async () => {
    const timeline = [{ at: '2026-11-04T09:30:00Z', state: 'pending' }];
    const { url } = await aScriptedServer({ 'GET /jobs/id1': aJob(1, { labels: { team: 'vision' }, timeline }) });
    const { stdout } = await commandLine(['get', 'id1', '--server', url], { terminal: true });
    expect(stdout).toContain('Job id:      id1\n');
    expect(stdout).toContain('Labels:      team=vision\n');
    expect(stdout).toMatch(/\nTimeline:\n {2}AT +STATE .*\n {2}2026-11-04T09:30:00Z {2}pending /);
  });

  it('tells which jobs there are not, shows the others and ends with 1', async () => {
    const { url } = await aScriptedServer({ 'GET /jobs/id1': aJob(1), 'GET /jobs/id2': problem('job_not_found') });
    const { code, stdout, stderr } = await commandLine(['get', 'id2', 'id1', '-o', 'name', '--server', url]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'id1\n' });
    expect(stderr).toMatch(/^kubejobs: id2: /);
  });

  it('--watch ends when the job is finished', async () => {
    const events = ({ response }: Exchange): void => void response.writeHead(200).write('id: 1\ndata: {}\n\n');
    const states = ['running', 'succeeded'].map((state) => answer(aJob(1, { state })));
    const { url, asked } = await aScriptedServer({ 'GET /jobs/id1': states, 'GET /events': events });
    const { code, stdout } = await commandLine(['get', 'id1', '-w', '--server', url]);
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).state),
    ).toEqual(['running', 'succeeded']);
    expect(calls(asked)).toContain('GET /events?job_id=id1');
  });
});

describe('kubejobs wait', () => {
  it.each([
    ['succeeded', { state: 'succeeded', exit_code: 0 }, 0],
    ['failed with 42', { state: 'failed', exit_code: 42 }, 42],
    ['failed without an exit code', { state: 'failed', reason: 'workload_deleted' }, 1],
    ['was cancelled', { state: 'cancelled', reason: 'by_user' }, 1],
    ['expired', { state: 'expired' }, 1],
  ])('for a job that %s', async (_what, fields, expected) => {
    const { url } = await aScriptedServer({ 'GET /jobs/id1/wait': aJob(1, fields) });
    const { code, stdout } = await commandLine(['wait', 'id1', '--server', url]);
    expect({ code, job: JSON.parse(stdout) }).toEqual({ code: expected, job: aJob(1, fields) });
  });

  it('asks again until the job is finished', async () => {
    const answers = ['running', 'scheduled', 'succeeded'].map((state) => answer(aJob(1, { state, exit_code: 1 })));
    const { url, asked } = await aScriptedServer({ 'GET /jobs/id1/wait': answers });
    expect(await commandLine(['wait', 'id1', '--server', url])).toMatchObject({ code: 0 });
    const waits = calls(asked).filter((call) => call.includes('/wait'));
    expect(waits).toEqual(Array(3).fill('GET /jobs/id1/wait?timeout=30'));
  });

  it('tells each change of state once, with its reason', async () => {
    const looks: Array<ReturnType<typeof answer>> = [
      { state: 'held', reason: 'held_by_user' },
      { state: 'held', reason: 'held_by_user' },
      { state: 'pending', reason: 'waiting_for_slot' },
      { state: 'running' },
      { state: 'running', attempts: [{ restarts: 1 }] },
      { state: 'succeeded' },
    ].map((fields) => answer(aJob(1, fields)));
    const asking: { finish?: () => void } = {};
    const { url, asked } = await aScriptedServer({
      'GET /jobs/id1': looks,
      'GET /jobs/id1/wait': (exchange: Exchange) => {
        asking.finish = () => answer(aJob(1, { state: 'succeeded' }))(exchange);
      },
      'GET /events': ({ response }: Exchange) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write([1, 2, 3, 4, 5].map((id) => `id: ${id}\nevent: running\ndata: {}\n\n`).join(''));
      },
    });
    const waiting = startCommandLine(['wait', 'id1', '-o', 'name', '--server', url]);
    await vi.waitFor(() => expect(calls(asked).filter((call) => call === 'GET /jobs/id1')).toHaveLength(6));
    await vi.waitFor(() => expect(asking.finish).toBeDefined());
    asking.finish?.();
    expect(await waiting.ended).toEqual({
      code: 0,
      stdout: 'id1\n',
      stderr: [
        'job1: held (held_by_user); kubejobs release id1 lets it go on\n',
        'job1: pending (waiting_for_slot)\n',
        'job1: running\n',
        'job1: running, restart 1\n',
      ].join(''),
    });
  });

  it('gives up after --timeout with 1, whatever the code of an attempt before', async () => {
    const { url, asked } = await aScriptedServer({
      'GET /jobs/id1/wait': aJob(1, { state: 'scheduled', exit_code: 7 }),
    });
    let time = 0;
    const { code, stderr } = await commandLine(['wait', 'id1', '--timeout', '10s', '--server', url], {
      now: () => (time += 1_000),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'job1: scheduled\njob1 id1 is scheduled (exit code 7)\n' });
    expect(asked.length).toBeGreaterThan(1);
  });

  it('for several ends with the code of the first that failed', async () => {
    const { url } = await aScriptedServer({
      'GET /jobs/id1/wait': aJob(1, { state: 'succeeded' }),
      'GET /jobs/id2/wait': aJob(2, { state: 'failed', exit_code: 5 }),
      'GET /jobs/id3/wait': aJob(3, { state: 'failed', exit_code: 6 }),
    });
    expect(await commandLine(['wait', 'id1', 'id2', 'id3', '-o', 'name', '--server', url])).toMatchObject({
      code: 5,
      stdout: 'id1\nid2\nid3\n',
    });
  });
});

describe('an empty list', () => {
  const server = () =>
    aScriptedServer({ 'GET /jobs': [], 'GET /jobs/pending': [], 'GET /schedules': [], 'GET /webhooks/deliveries': [] });

  it.each([
    [['list'], 'no jobs'],
    [['list', '-o', 'wide'], 'no jobs'],
    [['list', 'pending'], 'no jobs'],
    [['list', '--name', 'a'], 'no jobs that match'],
    [['retry', '--all', '--dry-run'], 'no jobs that match'],
    [['schedule', 'list'], 'no schedules'],
    [['webhook', 'list'], 'no deliveries'],
    [['webhook', 'list', '--state', 'failed'], 'no deliveries that match'],
  ])('kubejobs %j says so on stderr', async (words, says) => {
    const { url } = await server();
    const options = { environment: { KUBEJOBS_OUTPUT: 'table' } };
    const expected = { code: 0, stdout: '', stderr: `${says}\n` };
    expect(await commandLine([...words, '--server', url], options)).toEqual(expected);
  });

  it('is silent for programs', async () => {
    const { url } = await server();
    expect(await commandLine(['list', '--server', url])).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
    expect(await commandLine(['list', '-o', 'name', '--server', url])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('a name in the place of an id', () => {
  const detail = 'There is no job with the id job1.';
  const hint = `kubejobs: ${detail}\n  ids are UUIDs; kubejobs list --name job1 finds it\n`;

  it.each([['get'], ['cancel'], ['retry'], ['wait'], ['logs']])(
    'kubejobs %s job1 tells how to find it',
    async (word) => {
      const refusal = problem('job_not_found', { detail });
      const { url } = await aScriptedServer({
        'GET /jobs/job1': refusal,
        'DELETE /jobs/job1': refusal,
        'POST /jobs/job1/retry': refusal,
        'GET /jobs/job1/wait': refusal,
        'GET /jobs/job1/logs': refusal,
      });
      expect(await commandLine([word, 'job1', '--server', url])).toEqual({ code: 1, stdout: '', stderr: hint });
    },
  );

  it('is told of no id', async () => {
    const id = '01a1fdcf-5e7e-703c-aeec-f6ef53cae9b0';
    const answers = { [`GET /jobs/${id}`]: problem('job_not_found', { detail: `There is no job with the id ${id}.` }) };
    const { url } = await aScriptedServer(answers);
    const { stderr } = await commandLine(['get', id, '--server', url]);
    expect(stderr).toBe(`kubejobs: There is no job with the id ${id}.\n`);
  });
});

it('cancel tells when the job had already ended', async () => {
  const { url } = await aScriptedServer({
    'DELETE /jobs/id1': aJob(1, { state: 'succeeded' }),
    'DELETE /jobs/id2': aJob(2, { state: 'cancelled' }),
  });
  const { code, stderr } = await commandLine(['cancel', 'id1', 'id2', '--server', url]);
  const says = 'job1 id1 had already ended: succeeded; nothing is cancelled\n';
  expect({ code, stderr }).toEqual({ code: 0, stderr: says });
});

describe('kubejobs retry', () => {
  const failed = [
    aJob(3, { state: 'failed', finished_at: '2026-11-04T09:59:00Z' }),
    aJob(2, { state: 'failed', finished_at: '2026-11-04T08:00:00Z' }),
    aJob(1, { state: 'failed', finished_at: '2026-11-04T09:10:00Z' }),
  ];

  it('runs jobs again by their ids', async () => {
    const { url, asked } = await aScriptedServer({ 'POST /jobs/id1/retry': aJob(1) });
    const { code, stdout } = await commandLine(['retry', 'id1', '--server', url]);
    expect({ code, job: JSON.parse(stdout), asked: calls(asked) }).toEqual({
      code: 0,
      job: aJob(1),
      asked: ['POST /jobs/id1/retry'],
    });
  });

  it('--all runs those again that finished lately', async () => {
    const { url, asked } = await aScriptedServer({
      'GET /jobs': failed,
      'POST /jobs/id3/retry': aJob(3),
      'POST /jobs/id1/retry': problem('job_not_finished'),
    });
    const words = ['retry', '--all', '--since', '1h', '--queue', 'q', '-o', 'name', '--server', url];
    const { code, stdout, stderr } = await commandLine(words, { now });
    expect(calls(asked)).toEqual(['GET /jobs?state=failed&queue=q', 'POST /jobs/id3/retry', 'POST /jobs/id1/retry']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'id3\n' });
    expect(stderr).toMatch(/^kubejobs: id1: .*\n1 run again, 1 refused\n$/);
  });

  it('--all --dry-run only lists them', async () => {
    const { url, asked } = await aScriptedServer({ 'GET /jobs': failed });
    const { stdout } = await commandLine([
      'retry',
      '--all',
      '--state',
      'failed,expired',
      '--dry-run',
      '-o',
      'name',
      '--server',
      url,
    ]);
    expect({ stdout, asked: calls(asked) }).toEqual({
      stdout: 'id3\nid2\nid1\n',
      asked: ['GET /jobs?state=failed&state=expired'],
    });
  });
});

it.each([
  [['cancel', 'id1'], 'DELETE /jobs/id1', ''],
  [['hold', 'id1'], 'PATCH /jobs/id1', '{"hold":true}'],
  [['release', 'id1'], 'PATCH /jobs/id1', '{"hold":false}'],
  [['priority', 'id1', '-7'], 'PATCH /jobs/id1', '{"priority":-7}'],
  [['pause'], 'POST /pause', ''],
  [['resume'], 'POST /resume', ''],
  [['settings'], 'GET /settings', ''],
  [['webhook', 'redeliver', 'id1'], 'POST /webhooks/deliveries/id1/redeliver', ''],
  [['settings', '--max-concurrency', '7'], 'PATCH /settings', '{"max_concurrency":7}'],
])('kubejobs %j sends %s %s', async (words, call, body) => {
  const document = { job_id: 'id1', answered: true };
  const { url, asked } = await aScriptedServer({ [call]: document });
  const { code, stdout } = await commandLine([...words, '--server', url]);
  expect({ code, document: JSON.parse(stdout) }).toEqual({ code: 0, document });
  expect(asked.map((each) => each.body)).toEqual([body]);
});

it('kubejobs webhook list shows what has not arrived', async () => {
  const delivery = {
    delivery_id: 'd1',
    job_id: 'id1',
    url: 'https://a/b',
    state: 'failed',
    tries: 5,
    last_status: 503,
  };
  const { url, asked } = await aScriptedServer({ 'GET /webhooks/deliveries': [answer([delivery])] });
  const { stdout } = await commandLine(['webhook', 'list', '--state', 'failed', '-o', 'table', '--server', url]);
  expect(stdout).toBe(
    'DELIVERY-ID  JOB-ID  STATE   TRIES  STATUS  URL\nd1           id1     failed  5      503     https://a/b\n',
  );
  expect(calls(asked)).toEqual(['GET /webhooks/deliveries?state=failed']);
});
