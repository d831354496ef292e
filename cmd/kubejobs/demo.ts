// Plays the sample timeline against a real server in a dry run and prints what happens: two slots, jobs of ten seconds,
// three jobs at 0 s and two more, of a priority between, at 5 s. It speaks to the server over HTTP like anyone else.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

interface Entry {
  name: string;
  job_id: string;
  priority: number;
}

const firstBatch = [
  ['job1', 2],
  ['job2', 5],
  ['job3', 5],
] as const;
const secondBatch = [
  ['job4', 3],
  ['job5', 3],
] as const;
const slots = 2;
const expectedOrder = ['job2', 'job3', 'job4', 'job5', 'job1'];

type Jobs = ReadonlyArray<readonly [name: string, priority: number]>;

interface Watched {
  started: string[];
  /** Running at once. */
  most: number;
}

export async function demo(): Promise<void> {
  const server = await startServer();
  try {
    await play(server.url);
  } finally {
    server.process.kill('SIGTERM');
    await once(server.process, 'exit');
  }
}

async function startServer(): Promise<{ process: ChildProcess; url: string }> {
  const main = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url).pathname;
  const flags = ['serve', '--dry-run', '--store', 'memory', '--port', '0', '--log-level', 'warn'];
  const child = spawn(process.execPath, [...process.execArgv, main, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: withoutOurVariables(process.env),
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url) return { process: child, url };
  }
  throw new Error('the demo’s server ended before it listened');
}

/** The demo is about the defaults: settings of the caller's environment would change the story. */
function withoutOurVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('KUBEJOBS_')));
}

async function play(url: string): Promise<void> {
  const start = performance.now();
  const say = (text: string): void => {
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(`${seconds.toFixed(1).padStart(5)} s  ${text}\n`);
  };
  say('a dry run with 2 slots; each job takes 10 seconds');
  await submit(url, firstBatch, say);
  const watching = watch(url, firstBatch.length + secondBatch.length, say);
  await delay(5_000 - (performance.now() - start));
  await submit(url, secondBatch, say);
  say(`pending ${names(await list(url, 'pending'))} · running ${names(await list(url, 'running'))}`);
  const { started, most } = await watching;
  const rightOrder = started.join() === expectedOrder.join() && most <= slots;
  if (!rightOrder) throw new Error(`the order was ${started.join(', ')}, with up to ${most} at once: that is a bug`);
  say('all done; never more than two at once, the most important first');
}

/** In one request: on a busy machine three could take longer than the settle window, and then the first would start. */
async function submit(url: string, jobs: Jobs, say: (text: string) => void): Promise<void> {
  const response = await fetch(`${url}/jobs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(jobs.map(([name, priority]) => ({ name, priority }))),
  });
  if (response.status !== 201)
    throw new Error(`POST /jobs/batch answered ${response.status}: ${await response.text()}`);
  const answers = (await response.json()) as Array<{ queue_position: string }>;
  for (const [index, [name, priority]] of jobs.entries()) {
    say(`submitted ${name} with priority ${priority}: queue position ${answers[index]?.queue_position}`);
  }
}

async function list(url: string, which: 'pending' | 'running'): Promise<Entry[]> {
  return (await (await fetch(`${url}/jobs/${which}`)).json()) as Entry[];
}

/** Says which jobs started and finished, until `count` have. Of those that started together the older comes first. */
async function watch(url: string, count: number, say: (text: string) => void): Promise<Watched> {
  const order: string[] = [];
  let most = 0;
  let before = new Map<string, string>();
  let finished = 0;
  while (finished < count) {
    await delay(50);
    const now = new Map((await list(url, 'running')).map((job) => [job.job_id, job.name]));
    const ended = [...before].filter(([id]) => !now.has(id)).map(([, name]) => name);
    const started = [...now].filter(([id]) => !before.has(id)).map(([, name]) => name);
    if (ended.length > 0) say(`finished ${ended.join(', ')}`);
    if (started.length > 0) say(`started ${started.join(', ')}`);
    order.push(...started);
    most = Math.max(most, now.size);
    finished += ended.length;
    before = now;
  }
  return { started: order, most };
}

function names(entries: Entry[]): string {
  return entries.map((job) => job.name).join(', ') || 'nothing';
}
