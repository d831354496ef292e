// `kubejobs submit`: what it sends, what it prints, and how it ends.
import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commandLine } from '../../../../support/command-line.ts';
import { answer, aScriptedServer, type Exchange, hangUp, problem, text } from '../../../../support/scripted-server.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const submitted = { job_id: 'id1', name: 'train', queue_position: '0', status: 'Job submitted successfully' };
const job = {
  job_id: 'id1',
  name: 'train',
  priority: 0,
  queue: 'default',
  attempt: 1,
  created_at: '2026-11-04T09:30:00Z',
};
const succeeded = { ...job, state: 'succeeded', exit_code: 0 };
const failed = { ...job, state: 'failed', reason: 'exit_code', exit_code: 3 };

function aFile(content: string): string {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  writeFileSync(`${folder.path}/job.yaml`, content);
  return `${folder.path}/job.yaml`;
}

/** The body that is sent. */
async function sentBy(words: readonly string[], stdin = ''): Promise<unknown> {
  const { url, asked } = await aScriptedServer({ 'POST /jobs': submitted });
  const { code, stderr } = await commandLine(['submit', '--server', url, ...words], { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(asked[0]?.body ?? '');
}

describe('a job of flags', () => {
  it('has what they say', async () => {
    const flags = ['--name', 'train', '--priority', '-5', '--queue', 'nightly', '-n', 'batch', '--image', 'python'];
    const rules = [
      '--hold',
      '--start-after',
      '10m',
      '--after',
      'id7',
      '--after',
      'id8:finish',
      '--retries',
      '3',
      '--on-finish',
      'https://a/b',
    ];
    const times = ['--timeout', '1h', '--queue-timeout', '90s', '--env', 'A=1', '--env', 'B=x=y', '-l', 'team=vision'];
    expect(await sentBy([...flags, ...rules, ...times, '--annotation', 'a=b', '--', 'sh', '-c', 'exit 3'])).toEqual({
      name: 'train',
      priority: -5,
      queue: 'nightly',
      namespace: 'batch',
      image: 'python',
      hold: true,
      start_after: { in: '10m' },
      after: [{ job_id: 'id7' }, { job_id: 'id8', on: 'finish' }],
      retries: { max: 3 },
      on_finish: { url: 'https://a/b' },
      timeout_seconds: 3_600,
      queue_timeout_seconds: 90,
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: 'x=y' },
      ],
      labels: { team: 'vision' },
      annotations: { a: 'b' },
      command: ['sh', '-c', 'exit 3'],
    });
  });

  it('gets what it asks for, no less and no more', async () => {
    const resources = { cpu: '500m', memory: '4Gi', 'nvidia.com/gpu': '2' };
    const words = ['--name', 'a', '--image', 'b', '--cpu', '500m', '--memory', '4Gi', '--gpu', '2'];
    expect(await sentBy(words)).toMatchObject({ resources: { requests: resources, limits: resources } });
    const file = '{"name": "a", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2"}}}';
    expect(await sentBy(['-f', '-', '--cpu', '3'], file)).toMatchObject({
      resources: { requests: { cpu: '3', memory: '1Gi' }, limits: { cpu: '3' } },
    });
  });

  it('may start at a time', async () => {
    const at = '2026-12-24T18:00:00+01:00';
    expect(await sentBy(['--name', 'a', '--start-after', at])).toEqual({ name: 'a', start_after: at });
  });
});

describe('a job of a file', () => {
  it('is sent as it is, YAML or JSON', async () => {
    expect(await sentBy(['-f', aFile('name: train\nargs: [a, b]\n')])).toEqual({ name: 'train', args: ['a', 'b'] });
    expect(await sentBy(['-f', '-'], '{\n "name": "train", "priority": 3\n}')).toEqual({ name: 'train', priority: 3 });
    expect(await sentBy(['-f', '-'], '{"name": "train"}')).toEqual({ name: 'train' });
  });

  it('gives way to flags, and maps key by key', async () => {
    const file = aFile('{name: a, priority: 1, labels: {x: 1, y: 2}, env: [{name: A, value: a}, {name: B, value: b}]}');
    expect(await sentBy(['-f', file, '--name', 'b', '-l', 'y=3', '--env', 'A=z'])).toEqual({
      name: 'b',
      priority: 1,
      labels: { x: 1, y: '3' },
      env: [
        { name: 'B', value: 'b' },
        { name: 'A', value: 'z' },
      ],
    });
  });

  it('may be a whole manifest, which is its workload', async () => {
    const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'train', namespace: 'ml' }, spec: {} };
    expect(await sentBy(['-f', '-', '--priority', '4'], JSON.stringify(manifest))).toEqual({
      name: 'train',
      namespace: 'ml',
      priority: 4,
      workload: manifest,
    });
  });
});

describe('an answer that was lost', () => {
  it('is asked for again with the same key', async () => {
    const { url, asked } = await aScriptedServer({ 'POST /jobs': [hangUp, answer(submitted)] });
    const { code, stdout } = await commandLine(['submit', '--name', 'train', '--server', url]);
    expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: submitted });
    const keys = asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is asked for with the key that is given', async () => {
    const { url, asked } = await aScriptedServer({ 'POST /jobs': submitted });
    await commandLine(['submit', '--name', 'train', '--idempotency-key', 'build-7', '--server', url]);
    expect(asked[0]?.headers['idempotency-key']).toBe('build-7');
  });
});

it('a refusal is told with every bad field, and ends with 1', async () => {
  const errors = [
    { pointer: '/name', detail: 'must be a DNS label' },
    { pointer: '/priority', detail: 'must be an integer' },
  ];
  const refusal = problem('validation_failed', { detail: '/name must be a DNS label (and 1 more)', errors });
  const { url } = await aScriptedServer({ 'POST /jobs': refusal });
  expect(await commandLine(['submit', '--name', 'A', '--server', url])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'kubejobs: --name must be a DNS label (and 1 more)\n  /priority must be an integer\n',
  });
});

describe('a refused field', () => {
  const refusedBy = async (words: readonly string[], fields: Record<string, string>, stdin = ''): Promise<string[]> => {
    const errors = Object.entries(fields).map(([pointer, detail]) => ({ pointer, detail }));
    const [first] = errors;
    const refusal = problem('validation_failed', { detail: `${first?.pointer} ${first?.detail}`, errors });
    const { url } = await aScriptedServer({ 'POST /jobs': refusal, 'POST /schedules': refusal });
    return (await commandLine([...words, '--server', url], { stdin })).stderr.trimEnd().split('\n');
  };

  it('is called by the flag that it came from', async () => {
    const flags = [
      '--priority',
      '3',
      '--after',
      'id7',
      '--cpu',
      'x',
      '--gpu',
      '1',
      '--label',
      'a b=1',
      '--retries',
      '2',
    ];
    const fields = ['/after/0/job_id', '/priority', '/resources/limits/cpu', '/resources/requests/nvidia.com~1gpu'];
    const errors = Object.fromEntries(
      [...fields, '/labels/a b', '/retries/max', '/queue'].map((each) => [each, 'is bad']),
    );
    expect(await refusedBy(['submit', '--name', 'a', ...flags], errors)).toEqual([
      'kubejobs: --after is bad',
      '  --priority is bad',
      '  --cpu is bad',
      '  --gpu is bad',
      '  --label is bad',
      '  --retries is bad',
      '  /queue is bad',
    ]);
  });

  it('keeps its pointer when it came from a file', async () => {
    const words = ['submit', '-f', '-', '--priority', '3', '-l', 'b=1'];
    const errors = { '/name': 'is bad', '/labels/a': 'is bad', '/priority': 'is bad' };
    const says = ['kubejobs: /name is bad', '  /labels/a is bad', '  --priority is bad'];
    expect(await refusedBy(words, errors, '{"name": "A", "labels": {"a": "?"}}')).toEqual(says);
  });

  it('of a schedule is called by its flag or argument', async () => {
    const words = ['schedule', 'create', 'A', '--cron', 'x', '--image', '?'];
    const errors = { '/cron': 'is bad', '/name': 'is odd', '/job/name': 'is bad', '/job/image': 'is bad' };
    const says = ['--cron is bad', 'the name argument is odd', 'the name argument is bad', '--image is bad'];
    expect(await refusedBy(words, errors)).toEqual(says.map((each, index) => `${index ? ' ' : 'kubejobs:'} ${each}`));
  });

  it('that a flag gave twice is one mistake', async () => {
    const errors = ['requests', 'limits'].map((each) => ({ pointer: `/resources/${each}/cpu`, detail: 'is bad' }));
    const refusal = problem('validation_failed', { detail: '/resources/requests/cpu is bad (and 1 more)', errors });
    const { url } = await aScriptedServer({ 'POST /jobs': refusal });
    const { stderr } = await commandLine(['submit', '--name', 'a', '--cpu', 'x', '--server', url]);
    expect(stderr).toBe('kubejobs: --cpu is bad\n');
  });

  it('of a query is called by its flag too', async () => {
    const refusal = problem('validation_failed', {
      detail: 'name is bad',
      errors: [{ parameter: 'name', detail: 'is bad' }],
    });
    const { url } = await aScriptedServer({ 'GET /jobs': refusal });
    expect((await commandLine(['list', '--name', '?', '--server', url])).stderr).toBe('kubejobs: --name is bad\n');
  });

  it('is told once, also when the message has its words', async () => {
    const detail = 'spec.template.spec.containers: Required value';
    const refusal = problem('template_refused', {
      detail: `Kubernetes refuses the job: ${detail}`,
      errors: [{ pointer: '/template', detail }],
    });
    const { url } = await aScriptedServer({ 'POST /jobs': refusal });
    const { stderr } = await commandLine(['submit', '--name', 'a', '--server', url]);
    expect(stderr).toBe(`kubejobs: Kubernetes refuses the job: ${detail}\n`);
  });
});

describe('submit --wait', () => {
  it('ends with 0 and the job when it succeeds', async () => {
    const running = { ...job, state: 'running' };
    const { url } = await aScriptedServer({
      'POST /jobs': submitted,
      'GET /jobs/id1/wait': [answer(running), answer(succeeded)],
    });
    const { code, stdout, stderr } = await commandLine(['submit', '--name', 'train', '--wait', '--server', url]);
    expect({ code, job: JSON.parse(stdout), stderr }).toEqual({
      code: 0,
      job: succeeded,
      stderr: 'submitted train id1\ntrain: running\n',
    });
  });

  it('ends with 1 when it fails, and tells its exit code and its last lines', async () => {
    const { url, asked } = await aScriptedServer({
      'POST /jobs': submitted,
      'GET /jobs/id1/wait': failed,
      'GET /jobs/id1/logs': text('epoch 1\nout of \x1b[31mmemory\n'),
    });
    const { code, stderr } = await commandLine(['submit', '--name', 'train', '--wait', '--server', url]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      'submitted train id1\ntrain id1 failed (exit_code, exit code 3)\nits last log lines:\n  epoch 1\n  out of ?[31mmemory\n',
    );
    expect(asked.at(-1)?.path).toBe('/jobs/id1/logs?tail=20');
  });

  it('fails as the job does also when there are no logs', async () => {
    const { url } = await aScriptedServer({ 'POST /jobs': submitted, 'GET /jobs/id1/wait': failed });
    const { code, stderr } = await commandLine(['submit', '--name', 'train', '--wait', '--server', url]);
    expect(code).toBe(1);
    expect(stderr).toContain('its logs cannot be shown:');
  });
});

it('submit --logs prints the logs alone and ends as the job does', async () => {
  const { url, asked } = await aScriptedServer({
    'POST /jobs': submitted,
    'GET /jobs/id1/wait': failed,
    'GET /jobs/id1/logs': text('epoch 1\n'),
  });
  const { code, stdout, stderr } = await commandLine(['submit', '--name', 'train', '--logs', '--server', url]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'epoch 1\n' });
  expect(stderr).toBe('submitted train id1\ntrain id1 failed (exit_code, exit code 3)\n');
  expect(asked.map(({ path }) => path)).toContain('/jobs/id1/logs?follow=true');
});

describe('several documents', () => {
  const refusal = { type: 'x', title: 'x', status: 400, detail: '/name is missing', code: 'validation_failed' };
  const batch = ({ asked, response }: Exchange): void => {
    const answers = asked.body
      .trimEnd()
      .split('\n')
      .map((line, index) => {
        const { name } = JSON.parse(line) as { name?: string };
        const accepted = { job_id: `id${index + 1}`, name, queue_position: '0', status: 'Job submitted successfully' };
        return JSON.stringify({ line: index + 1, ...(name === undefined ? { error: refusal } : accepted) });
      });
    response.end(`${answers.join('\n')}\n`);
  };

  it.each([
    ['YAML', 'name: a\n---\npriority: 3\n---\nname: c\n'],
    ['a list', '- {name: a}\n- {priority: 3}\n- {name: c}\n'],
    ['NDJSON', '{"name":"a"}\n\n{"priority":3}\n{"name":"c"}\n'],
  ])('of %s are one streamed batch, with an answer or a mistake for each', async (_what, stdin) => {
    const { url, asked } = await aScriptedServer({ 'POST /jobs/batch': batch });
    const { code, stdout, stderr } = await commandLine(['submit', '-f', '-', '--queue', 'q', '--server', url], {
      stdin,
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body).toBe('{"name":"a","queue":"q"}\n{"priority":3,"queue":"q"}\n{"name":"c","queue":"q"}\n');
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ job_id, name, line }) => [job_id, name, line])).toEqual([
      ['id1', 'a', undefined],
      ['id3', 'c', undefined],
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'document 2 is refused: /name is missing\n2 accepted, 1 refused\n',
    });
  });

  it('of which the answers break off can be sent again with their key', async () => {
    const half = ({ request, response }: Exchange): void => {
      const line = { line: 1, job_id: 'id1', name: 'a', queue_position: '0', status: 'x' };
      response.write(`${JSON.stringify(line)}\n`, () => request.socket.destroy());
    };
    const { url } = await aScriptedServer({ 'POST /jobs/batch': half });
    const words = ['submit', '-f', '-', '-o', 'name', '--server', url, '--idempotency-key', 'k1'];
    const { code, stdout, stderr } = await commandLine(words, { stdin: '{"name":"a"}\n{"name":"b"}' });
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'id1\n' });
    expect(stderr).toMatch(/^1 accepted, 0 refused before the answers broke off.*\n.*--idempotency-key k1\n/);
  });

  it('of a file are sent again with the same key when the connection breaks, and each is answered once', async () => {
    const half = ({ request, response }: Exchange): void => {
      const line = { line: 1, job_id: 'id1', name: 'a', queue_position: '0', status: 'x' };
      response.write(`${JSON.stringify(line)}\n`, () => request.socket.destroy());
    };
    const { url, asked } = await aScriptedServer({ 'POST /jobs/batch': [hangUp, half, hangUp, batch] });
    const file = aFile('name: a\n---\nname: b\n');
    const { code, stdout, stderr } = await commandLine(['submit', '-f', file, '-o', 'name', '--server', url]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'id1\nid2\n', stderr: '2 accepted, 0 refused\n' });
    expect(asked).toHaveLength(4);
    expect(new Set(asked.map(({ headers, body }) => `${String(headers['idempotency-key'])} ${body}`)).size).toBe(1);
  });

  it('with a mistake in the middle end with 2, after those before it were submitted', async () => {
    const { url } = await aScriptedServer({ 'POST /jobs/batch': ({ response }) => response.end() });
    const stdin = '{"name":"a"}\n{"name":"b"}\nname: c\n';
    const { code, stderr } = await commandLine(['submit', '-f', '-', '--server', url], { stdin });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'kubejobs: stdin, line 3 is not JSON, as its first line is\n',
    });
  });

  it('are all waited for with --wait', async () => {
    const { url } = await aScriptedServer({
      'POST /jobs/batch': batch,
      'GET /jobs/id1/wait': succeeded,
      'GET /jobs/id2/wait': { ...failed, job_id: 'id2' },
    });
    const words = ['submit', '-f', '-', '--wait', '-o', 'name', '--server', url];
    const { code, stdout, stderr } = await commandLine(words, { stdin: '{"name":"a"}\n{"name":"b"}' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'id1\nid2\n' });
    expect(stderr).toContain('train id2 failed (exit_code, exit code 3)\n');
  });
});
