// logs, events and schedule: what they ask and what they print.
import { describe, expect, it, vi } from 'vitest';
import { commandLine, startCommandLine } from '../../../../support/command-line.ts';
import { answer, aScriptedServer, type Exchange, text } from '../../../../support/scripted-server.ts';

it('kubejobs logs prints them byte for byte', async () => {
  const { url, asked } = await aScriptedServer({ 'GET /jobs/id1/logs': text('\x1b[32mgreen\x1b[0m\nno end') });
  const flags = ['-f', '--tail', '5', '-c', 'main', '--attempt', '2', '--timestamps'];
  const { code, stdout } = await commandLine(['logs', 'id1', ...flags, '--server', url]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '\x1b[32mgreen\x1b[0m\nno end' });
  expect(asked[0]?.path).toBe('/jobs/id1/logs?follow=true&tail=5&container=main&attempt=2&timestamps=true');
});

describe('kubejobs events', () => {
  const change = {
    job_id: 'id1',
    queue: 'q',
    state: 'failed',
    reason: 'exit_code',
    at: '2026-11-04T09:30:00.000Z',
    attempt: 2,
  };
  const stream = ({ response }: Exchange): void => {
    const reset = 'id: 4\nevent: reset\ndata: {}\n\n';
    response.writeHead(200).write(`${reset}id: 5\nevent: failed\ndata: ${JSON.stringify(change)}\n\n`);
  };

  async function printed(terminal: boolean) {
    const { url, asked } = await aScriptedServer({ 'GET /events': stream });
    const stop = new AbortController();
    const words = ['events', '--job', 'id1', '--queue', 'q', '--after', '3', '--server', url];
    const following = startCommandLine(words, { signal: stop.signal, terminal });
    await vi.waitFor(() => expect(following.stdout()).toContain('failed'));
    stop.abort();
    return { ...(await following.ended), asked };
  }

  it('prints a document on each line, with its id, and tells of gaps', async () => {
    const { code, stdout, stderr, asked } = await printed(false);
    expect({ code, event: JSON.parse(stdout) }).toEqual({ code: 0, event: { id: '5', ...change } });
    expect(stderr).toMatch(/^some events are gone/);
    expect(asked[0]).toMatchObject({ path: '/events?job_id=id1&queue=q', headers: { 'last-event-id': '3' } });
  });

  it('prints a table on a terminal', async () => {
    const [heading, line] = (await printed(true)).stdout.split('\n');
    expect(heading).toMatch(/^AT +JOB-ID +STATE +REASON +ATTEMPT +MESSAGE$/);
    expect(line).toMatch(/^2026-11-04T09:30:00.000Z +id1 +failed +exit_code +2 +-$/);
    expect(heading?.indexOf('STATE')).toBe(line?.indexOf('failed'));
  });
});

describe('kubejobs schedule', () => {
  const schedule = {
    schedule_id: 'sid',
    name: 'nightly',
    cron: '30 2 * * *',
    time_zone: 'UTC',
    concurrency_policy: 'Forbid',
    suspend: false,
    job: { name: 'report' },
    created_at: '2026-11-04T09:30:00Z',
    next_run_at: '2026-11-05T02:30:00Z',
    missed_runs: 0,
  };

  it.each<[string, string[], string, object | undefined]>([
    [
      'create',
      [
        '--cron',
        '30 2 * * *',
        '--time-zone',
        'Europe/Berlin',
        '--concurrency',
        'Forbid',
        '--starting-deadline',
        '10m',
        '--suspend',
        '--image',
        'busybox',
        '--',
        'sh',
      ],
      'POST /schedules',
      {
        name: 'nightly',
        cron: '30 2 * * *',
        time_zone: 'Europe/Berlin',
        concurrency_policy: 'Forbid',
        starting_deadline_seconds: 600,
        suspend: true,
        job: { name: 'nightly', image: 'busybox', command: ['sh'] },
      },
    ],
    [
      'create',
      ['--cron', '@daily', '-f', '-', '--priority', '4'],
      'POST /schedules',
      { name: 'nightly', cron: '@daily', job: { name: 'report', priority: 4 } },
    ],
    ['set', ['--cron', '@hourly'], 'PATCH /schedules/nightly', { cron: '@hourly' }],
    ['suspend', [], 'PATCH /schedules/nightly', { suspend: true }],
    ['resume', [], 'PATCH /schedules/nightly', { suspend: false }],
    ['get', [], 'GET /schedules/nightly', undefined],
    ['delete', [], 'DELETE /schedules/nightly', undefined],
  ])('%s %j', async (command, flags, call, body) => {
    const { url, asked } = await aScriptedServer({ [call]: schedule });
    const words = ['schedule', command, 'nightly', '--server', url, ...flags];
    const { code, stdout } = await commandLine(words, { stdin: 'name: report' });
    expect({ code, schedule: JSON.parse(stdout) }).toEqual({ code: 0, schedule });
    expect(asked.map((each) => (each.body === '' ? undefined : JSON.parse(each.body)))).toEqual([body]);
  });

  it('list prints all pages as a table', async () => {
    const first = answer([schedule], { link: '</schedules?cursor=c>; rel="next"' });
    const { url } = await aScriptedServer({
      'GET /schedules': [first, answer([{ ...schedule, name: 'weekly', suspend: true }])],
    });
    expect((await commandLine(['schedule', 'list', '-o', 'table', '--server', url])).stdout.split('\n')).toEqual([
      'NAME     CRON        TIME-ZONE  SUSPENDED  NEXT-RUN              LAST-RUN  MISSED',
      'nightly  30 2 * * *  UTC        false      2026-11-05T02:30:00Z  -         0',
      'weekly   30 2 * * *  UTC        true       2026-11-05T02:30:00Z  -         0',
      '',
    ]);
  });
});
