// The client's commands against the real server in a dry run, where the server's own timing matters: waiting, watching,
// events, batches, redriving. Exit codes are those of real processes.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobDocument } from '../../pkg/client/index.ts';
import { commandLine, startCommandLine } from '../support/command-line.ts';
import { runProgram, type ServerProcess, startProgram, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let environment: Record<string, string>;

beforeAll(async () => {
  server = await startServer(['--settle-ms', '0', '--dry-run-duration', '50ms', '--max-concurrency', '50']);
  environment = { KUBEJOBS_SERVER: server.url };
});

afterAll(() => server?.kill('SIGTERM'));

const exits = (code: number): string[] => ['--annotation', `kubejobs.io/simulate-exit-code=${code}`];

describe('exit codes of the process', () => {
  it('submit --wait ends with 0 for a job that succeeds, and prints it', async () => {
    const { code, stdout } = await runProgram(['submit', '--name', 'good', '--wait'], environment);
    expect({ code, job: JSON.parse(stdout) }).toMatchObject({ code: 0, job: { name: 'good', state: 'succeeded' } });
  });

  it('submit --wait ends with 1 for a job that fails, and tells its exit code', async () => {
    const { code, stderr } = await runProgram(['submit', '--name', 'bad', '--wait', ...exits(7)], environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^submitted bad \S+\n(bad: .*\n)*bad \S+ failed \(exit_code, exit code 7\)/);
    expect(stderr).toMatch(/\nits last log lines:\n[\s\S]*\n {2}.*ended with exit code 7\n$/);
  });

  it('submit --logs prints the logs of a job that runs, and ends as the job does', async () => {
    const { code, stdout, stderr } = await runProgram(['submit', '--name', 'bad', '--logs', ...exits(7)], environment);
    expect({ code, end: stdout.endsWith('ended with exit code 7\n') }).toEqual({ code: 1, end: true });
    expect(stderr).not.toContain('log lines');
    const { stdout: jobs } = await commandLine(['list', '--name', 'bad', '-o', 'name'], { environment });
    const last = await commandLine(['logs', jobs.split('\n')[0] ?? '', '--tail', '1'], { environment });
    expect(last.stdout).toBe(stdout.split('\n').at(-2)?.concat('\n'));
  });

  it('wait ends with the exit code of the job', async () => {
    const { stdout: jobId } = await commandLine(['submit', '--name', 'bad', '-o', 'name', ...exits(42)], {
      environment,
    });
    expect(await runProgram(['wait', jobId.trim(), '-o', 'name'], environment)).toMatchObject({
      code: 42,
      stdout: jobId,
    });
  });

  it('a server that is not there ends with 3, wrong usage with 2', async () => {
    expect(await runProgram(['list', '--server', 'http://127.0.0.1:9'])).toMatchObject({ code: 3, stdout: '' });
    expect(await runProgram(['list', '--limit', 'x'], environment)).toMatchObject({ code: 2, stdout: '' });
  });

  it('a reader who has seen enough is no mistake', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => `{"name":"job${i}","hold":true,"queue":"many"}`).join('\n');
    await commandLine(['submit', '-f', '-'], { stdin: lines, environment });
    const listing = startProgram(['list', '--queue', 'many', '--all', '-o', 'yaml'], environment);
    listing.process.stdout?.once('data', () => listing.process.stdout?.destroy());
    expect({ ...(await listing.ended), stderr: listing.stderr() }).toEqual({ code: 0, signal: null, stderr: '' });
  });
});

it('submit --wait tells what the job waits for, and each change once', async () => {
  const words = ['submit', '--name', 'watched', '--hold', '--wait', '--annotation', 'kubejobs.io/simulate-duration=2s'];
  const waiting = startCommandLine(words, { environment });
  const told = (): string[] => waiting.stderr().split('\n').slice(1, -1);
  const held = /^watched: held \(held_by_user\); kubejobs release (\S+) lets it go on$/;
  await vi.waitFor(() => expect(told()).toEqual([expect.stringMatching(held)]), { timeout: 10_000 });
  await commandLine(['release', held.exec(told()[0] ?? '')?.[1] ?? ''], { environment });
  await vi.waitFor(() => expect(told().at(-1)).toBe('watched: running'), { timeout: 10_000 });
  expect((await waiting.ended).code).toBe(0);
  expect(new Set(told()).size).toBe(told().length);
});

it('a name in the place of an id, or of no delivery, is told as what it is', async () => {
  expect((await commandLine(['get', 'job1'], { environment })).stderr).toBe(
    'kubejobs: There is no job with the id job1.\n  ids are UUIDs; kubejobs list --name job1 finds it\n',
  );
  const { stderr } = await commandLine(['webhook', 'redeliver', 'nope'], { environment });
  expect(stderr).toBe('kubejobs: There is no delivery nope.\n');
});

it('a batch of NDJSON is answered line by line, and its jobs can be waited for', async () => {
  const lines = Array.from({ length: 200 }, (_, i) => JSON.stringify({ name: i === 99 ? 'Bad' : `batch${i}` }));
  const { code, stdout, stderr } = await commandLine(['submit', '-f', '-', '--wait', '-o', 'name'], {
    stdin: lines.join('\n'),
    environment,
  });
  expect({ code, jobs: stdout.trim().split('\n').length }).toEqual({ code: 1, jobs: 199 });
  expect(stderr).toMatch(/^document 100 is refused: \/name must be .*\n199 accepted, 1 refused\n$/);
});

it('the same file and key submit nothing twice', async () => {
  const submit = () =>
    commandLine(['submit', '-f', '-', '--idempotency-key', 'nightly-7', '-o', 'name'], {
      stdin: 'name: twice1\n---\nname: twice2\n',
      environment,
    });
  const first = await submit();
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+\n\S+\n$/) });
  expect((await submit()).stdout).toBe(first.stdout);
});

it('a list that is watched and the events tell of every step of a job', async () => {
  const stop = new AbortController();
  const filter = ['--queue', 'watched'];
  const watching = startCommandLine(['list', '-w', ...filter], { environment, signal: stop.signal });
  const events = startCommandLine(['events', ...filter, '--after', '0'], { environment, signal: stop.signal });
  await commandLine(['submit', '--name', 'seen', ...filter, ...exits(3)], { environment });
  const lines = (text: string): JobDocument[] =>
    text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  await vi.waitFor(() => expect(lines(watching.stdout()).at(-1)?.state).toBe('failed'), { timeout: 10_000 });
  await vi.waitFor(() => expect(lines(events.stdout()).at(-1)?.state).toBe('failed'), { timeout: 10_000 });
  stop.abort();
  expect((await watching.ended).code).toBe(0);
  const steps = lines((await events.ended).stdout).map(({ state, reason }) => [state, reason]);
  expect(steps.at(0)?.[0]).toBe('pending');
  expect(steps.at(-1)).toEqual(['failed', 'exit_code']);
});

it('jobs that failed are found and run again, all of them once', async () => {
  const filter = ['--queue', 'redriven'];
  const jobs = 'name: r1\n---\nname: r2\n---\nname: r3\n';
  await commandLine(['submit', '-f', '-', '--wait', ...filter, ...exits(1)], { stdin: jobs, environment });
  const redrive = ['retry', '--all', '--since', '1h', ...filter, '-o', 'name'];
  const listed = await commandLine([...redrive, '--dry-run'], { environment });
  const { code, stdout, stderr } = await commandLine(redrive, { environment });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '3 run again, 0 refused\n' });
  expect(stdout).toBe(listed.stdout);
  const again = stdout.trim().split('\n');
  await commandLine(['wait', ...again], { environment });
  const { stdout: shown } = await commandLine(['get', ...again], { environment });
  expect((JSON.parse(shown) as JobDocument[]).map(({ state, attempt }) => [state, attempt])).toEqual(
    Array(3).fill(['failed', 2]),
  );
});
