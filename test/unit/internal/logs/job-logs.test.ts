import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { JobLogs, type JobLogsRequest } from '../../../../internal/logs/job-logs.ts';
import type { ApiResult, KubernetesObject, ListPage } from '../../../../pkg/kubernetes/cluster.ts';
import type { LogSource } from '../../../../pkg/kubernetes/log-source.ts';
import { type Answer, type Attempt, accepted, type Job, refused } from '../../../../pkg/models/index.ts';
import { idOf, storedAttempt, storedJob } from '../../../support/store-builders.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';

type State = { running: object } | { terminated: object } | { waiting: object };

function aPod(name: string, containers: Record<string, State>, phase = 'Running'): KubernetesObject {
  const names = Object.keys(containers);
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'team' } },
    spec: { restartPolicy: 'Never', containers: names.map((each) => ({ name: each })) },
    status: { phase, containerStatuses: names.map((each) => ({ name: each, state: containers[each] })) },
  };
}

const ran: State = { terminated: {} };
const runs: State = { running: {} };
const waits: State = { waiting: {} };

function jobLogs(job: Partial<Job> | undefined, attempts: Attempt[], pods: KubernetesObject[]) {
  const clock = virtualClock();
  const row = job && storedJob(1, job);
  const world = {
    row,
    attempts,
    pods,
    failure: undefined as string | undefined,
    saved: undefined as Answer<Readable> | undefined,
    savedAsked: 0,
    content: (pod: string, container: string): AsyncIterable<Uint8Array> =>
      chunks(`2030-01-01T00:00:00Z ${pod} ${container}\n`),
  };
  const source: LogSource = {
    async log(_namespace, pod, { container }) {
      return { outcome: 'ok', value: world.content(pod, container) };
    },
  };
  const logs = new JobLogs({
    cluster: {
      async list(_resource, { labelSelector, namespace }): Promise<ApiResult<ListPage>> {
        if (world.failure !== undefined) return { outcome: 'unknown', message: world.failure };
        expect([labelSelector, namespace]).toEqual([
          `kubejobs.io/queue-id=q,kubejobs.io/job-id=${idOf(1)},kubejobs.io/attempt=1`,
          'team',
        ]);
        return { outcome: 'ok', value: { items: world.pods, resourceVersion: '1' } };
      },
    },
    source,
    reader: {
      jobs: () => (world.row ? [world.row] : []),
      attempt: (_jobId, number) => world.attempts.find(({ attempt }) => attempt === number),
    },
    live: () => world.row,
    ...{ queueId: 'q', clock },
    savedLog: async () => {
      world.savedAsked += 1;
      return world.saved;
    },
  });
  const stop = new AbortController();
  const open = (request: Partial<JobLogsRequest> = {}) =>
    logs.open(idOf(1), { follow: false, timestamps: false, signal: stop.signal, ...request });
  const read = async (request: Partial<JobLogsRequest> = {}): Promise<string> => {
    const answer = await open(request);
    return answer.ok ? text(answer.value) : `${answer.refusal.code}: ${answer.refusal.detail}`;
  };
  return { clock, open, read, stop, world };
}

async function* chunks(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

const workload = { kind: 'Job', namespace: 'team', name: 'w' } as const;
const attempt = storedAttempt(1, { workload });
const ended = storedAttempt(1, { workload, finishedAt: 5 });
const running = { state: 'running', attempt: 1 } as const;
const succeeded = { state: 'succeeded', attempt: 1 } as const;

describe('the log of a job', () => {
  it('is the bare lines of its only container', async () => {
    const { read } = jobLogs(succeeded, [ended], [aPod('p', { main: ran }, 'Succeeded')]);
    expect(await read()).toBe('p main\n');
    expect(await read({ timestamps: true })).toBe('2030-01-01T00:00:00Z p main\n');
  });

  it('names pod and container when there are several, in order', async () => {
    const { read } = jobLogs(running, [attempt], [aPod('p2', { a: runs, b: waits }), aPod('p1', { b: ran, a: ran })]);
    expect(await read()).toBe('[p1/b] p1 b\n[p1/a] p1 a\n[p2/a] p2 a\n');
    expect(await read({ container: 'b' })).toBe('p1 b\n');
  });

  it.each<[string, ReturnType<typeof jobLogs>, Partial<JobLogsRequest>, string]>([
    ['no such job', jobLogs(undefined, [], []), {}, 'job_not_found: There is no job'],
    [
      'no workload yet',
      jobLogs({ reason: 'paused' }, [], []),
      {},
      'log_not_found: The job has had no workload: it is pending (paused).',
    ],
    ['no such attempt', jobLogs(succeeded, [ended], []), { attempt: 4 }, 'log_not_found: There is no attempt 4'],
    ['pods that are gone', jobLogs(succeeded, [ended], []), {}, 'log_not_found: The pods of attempt 1 are gone'],
    [
      'nothing started',
      jobLogs(running, [attempt], [aPod('p', { main: waits })]),
      {},
      'log_not_found: No container of attempt 1 has started',
    ],
    [
      'no such container',
      jobLogs(running, [attempt], [aPod('p', { main: runs })]),
      { container: 'x' },
      'log_not_found: No container named x',
    ],
  ])('says why there is none: %s', async (_why, { read }, request, expected) => {
    expect(await read(request)).toContain(expected);
  });

  it.each([
    ['a job that asks for its result', { results: true }, 1, 'saved'],
    ['any other job', undefined, 0, 'log_not_found: The pods of attempt 1 are gone'],
  ])('is what was saved when the pods of %s are gone', async (_name, rules, asked, expected) => {
    const { read, world } = jobLogs({ ...succeeded, ...(rules && { rules }) }, [ended], []);
    world.saved = accepted(Readable.from(['saved']));
    expect(await read()).toContain(expected);
    expect(world.savedAsked).toBe(asked);
  });

  it('says why what was saved cannot be had, or that nothing was', async () => {
    const { read, world } = jobLogs({ ...succeeded, rules: { results: true } }, [ended], []);
    expect(await read()).toContain('log_not_found: The pods of attempt 1 are gone');
    world.saved = refused('log_unavailable', 'timed out');
    expect(await read()).toBe('log_unavailable: timed out');
  });

  it('says that the API server cannot be asked', async () => {
    const { read, world } = jobLogs(running, [attempt], []);
    world.failure = 'connection refused';
    expect(await read()).toContain('log_unavailable: The API server does not tell the pods: connection refused');
  });
});

describe('a log that is followed', () => {
  it('waits for the job to run, says so once, and ends with the attempt', async () => {
    const { clock, read, world } = jobLogs({ state: 'pending', reason: 'waiting_for_slot' }, [], []);
    const all = read({ follow: true });
    await clock.advance(3_000);
    Object.assign(world.row ?? {}, running);
    world.attempts = [attempt];
    await clock.advance(3_000);
    world.pods = [aPod('p', { main: ran }, 'Succeeded')];
    await clock.advance(3_000);
    world.attempts = [ended];
    await clock.advance(3_000);
    expect(await all).toBe(
      '[kubejobs] waiting: the job is pending (waiting_for_slot)\n[kubejobs] waiting for the pods of attempt 1\np main\n',
    );
  });

  it('ends with the reason when the job never runs', async () => {
    const { clock, read, world } = jobLogs({ state: 'pending' }, [], []);
    const all = read({ follow: true });
    await clock.settle();
    Object.assign(world.row ?? {}, { state: 'cancelled', reason: 'by_user' });
    await clock.advance(2_000);
    expect(await all).toContain('[kubejobs] The job has had no workload: it is cancelled (by_user).\n');
  });

  it('has every container that comes, and goes on while the API server cannot be asked', async () => {
    const { clock, read, world } = jobLogs(running, [attempt], [aPod('p1', { main: ran })]);
    const all = read({ follow: true });
    await clock.advance(2_000);
    world.failure = 'gone for a moment';
    await clock.advance(5_000);
    world.failure = undefined;
    world.pods.push(aPod('p2', { main: ran }));
    await clock.advance(2_000);
    world.attempts = [ended];
    await clock.advance(5_000);
    expect(await all).toBe('p1 main\n[p2/main] p2 main\n');
  });

  it('of an attempt that is over is just read', async () => {
    const { read } = jobLogs(succeeded, [ended], [aPod('p', { main: ran }, 'Succeeded')]);
    expect(await read({ follow: true })).toBe('p main\n');
  });

  it('ends when the caller leaves', async () => {
    const { clock, read, stop } = jobLogs(running, [attempt], [aPod('p', { main: runs })]);
    const all = read({ follow: true });
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(1_000);
    expect(await all).toBe('p main\n');
  });

  it('is read no faster than its reader takes it', async () => {
    const { clock, open, world } = jobLogs(running, [attempt], [aPod('p', { main: ran }, 'Succeeded')]);
    let given = 0;
    world.content = async function* () {
      for (; given < 10_000; given += 1) yield Buffer.from(`2030-01-01T00:00:00Z ${'x'.repeat(1_000)}\n`);
    };
    const answer = await open();
    await clock.advance(1_000);
    expect(answer.ok).toBe(true);
    expect(given).toBeLessThan(200);
  });
});
