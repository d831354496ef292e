import { describe, expect, it } from 'vitest';
import type { Io } from '../../../../cmd/kubejobs/cli/io.ts';
import { monitor } from '../../../../cmd/kubejobs/monitor.ts';
import type { MonitorFlags } from '../../../../cmd/kubejobs/monitor-command.ts';
import { targetsOf } from '../../../../cmd/kubejobs/monitor-targets.ts';
import { commandLine } from '../../../support/command-line.ts';
import { watchedCluster } from '../../../support/watched-cluster.ts';
import { aPod, aWorkload, condition, ended, looping } from '../../../support/workload-objects.ts';

type Stored = Parameters<typeof watchedCluster>[0];

function terminal(isTTY = false) {
  const printed = { out: '', err: '' };
  const stopped = new AbortController();
  const pauses: number[] = [];
  const writer = (name: keyof typeof printed) => (text: string) => {
    printed[name] += text;
    return true;
  };
  const io = {
    stdout: { isTTY, write: writer('out') },
    stderr: { write: writer('err') },
    drained: async () => {},
    now: Date.now,
    pause: (ms: number) => {
      pauses.push(ms);
      return new Promise((resolve) => setImmediate(resolve));
    },
    signal: stopped.signal,
  } as unknown as Io;
  return { io, printed, pauses, stop: () => stopped.abort() };
}

async function once(stored: Stored, flags: Partial<MonitorFlags> = {}, isTTY = false) {
  const watched = watchedCluster(stored);
  for (const plural of ['jobsets', 'pytorchjobs'] as const) watched.serve(plural, stored?.[plural] !== undefined);
  const { io, printed } = terminal(isTTY);
  const given: MonitorFlags = { interval: 30_000, namespace: 'default', once: true, ...flags };
  const code = await monitor(io, given, async () => watched.cluster);
  const documents = (): unknown[] =>
    printed.out
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  return { code, printed, documents };
}

describe('what kubejobs monitor shows', () => {
  it.each([
    [
      {},
      [
        { kind: 'JobSet', name: 'bash-counter-jobset' },
        { kind: 'PyTorchJob', name: 'pytorch-simple' },
      ],
    ],
    [{ jobset: true }, [{ kind: 'JobSet', name: 'bash-counter-jobset' }]],
    [{ pytorchjob: true }, [{ kind: 'PyTorchJob', name: 'pytorch-simple' }]],
    [
      { jobset: 'a', job: 'b' },
      [
        { kind: 'JobSet', name: 'a' },
        { kind: 'Job', name: 'b' },
      ],
    ],
    [{ all: true, job: 'b' }, 'all'],
  ] as const)('for %j is %j', (flags, targets) => {
    expect(targetsOf(flags)).toEqual(targets);
  });

  it('is one document on a line for each workload, NotFound for one that is not there', async () => {
    const pods = [aPod({ owner: 'uid-pytorch-simple', ownerKind: 'PyTorchJob' })];
    const conditions = [condition('Running')];
    const { code, documents } = await once({
      pytorchjobs: [aWorkload({ kind: 'PyTorchJob', name: 'pytorch-simple', conditions })],
      pods,
    });
    expect(code).toBe(0);
    expect(documents()).toEqual([
      { jobset: { name: 'bash-counter-jobset', status: 'NotFound' } },
      {
        pytorchJob: {
          ...{ name: 'pytorch-simple', status: { Running: 1 }, lastCondition: { type: 'Running', status: 'True' } },
          pods: [expect.objectContaining({ name: 'pod', status: 'Running' })],
        },
      },
    ]);
  });

  it('is a table on a terminal, the unhealthy ones first, without Jobs that their JobSet shows', async () => {
    const jobs = [
      aWorkload({ name: 'a', conditions: [condition('Complete')] }),
      aWorkload({ name: 'b' }),
      aWorkload({ name: 'c', owner: 'uid-set' }),
    ];
    const pods = [aPod({ name: 'b-0', owner: 'uid-b', main: looping(137, 'OOMKilled') })];
    const { printed } = await once(
      { jobs, pods, jobsets: [aWorkload({ kind: 'JobSet', name: 'set' })] },
      { all: true },
      true,
    );
    expect(
      printed.out
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['KIND', 'NAME', 'STATE', 'HEALTHY', 'REASON', 'PODS'],
      ['Job', 'b', 'Running', 'no', 'OOMKilled', 'Running 1'],
      ['Job', 'a', 'Complete', 'yes', '-', '-'],
      ['JobSet', 'set', 'Pending', 'yes', '-', '-'],
    ]);
  });

  it('has owners and messages when it is wide, and what a pod says cannot steer the terminal', async () => {
    const main = { ...ended(1), state: { waiting: { reason: 'ErrImagePull', message: '\u001b[2Jgone' } } };
    const { printed } = await once(
      { jobs: [aWorkload()], pods: [aPod({ phase: 'Pending', main })] },
      { all: true, output: 'wide' },
    );
    expect(printed.out).toContain('pod pod: container main: ?[2Jgone');
  });

  it('notes once that a kind is not there', async () => {
    const { printed } = await once({});
    expect(printed.err.match(/no JobSet can be seen: The cluster has no jobsets/g)).toHaveLength(1);
  });
});

it('says that the rights are missing, with exit code 1', async () => {
  const watched = watchedCluster();
  const message = 'pods is forbidden';
  for (let n = 0; n < 5; n += 1)
    watched.parts.pods.nextLists.push({ outcome: 'refused', status: 403, reason: 'Forbidden', message });
  const { io, printed } = terminal();
  const code = await monitor(io, { interval: 1_000, namespace: 'default', once: true }, async () => watched.cluster);
  expect([code, printed.err]).toEqual([1, 'kubejobs: pods is forbidden\n']);
});

it('says that the API server cannot be reached, with exit code 3', async () => {
  const { cluster } = watchedCluster();
  const unreachable = {
    ...cluster,
    ping: async () => ({ outcome: 'unknown', message: 'connection refused' }) as const,
  };
  const { io, printed } = terminal();
  const code = await monitor(io, { interval: 1_000, namespace: 'default', once: true }, async () => unreachable);
  expect([code, printed.err]).toEqual([3, 'kubejobs: the API server cannot be reached: connection refused\n']);
});

it('says that the API server does not know who asks, and what to do', async () => {
  const { cluster } = watchedCluster();
  const refused = { outcome: 'refused', status: 401, reason: 'Unauthorized', message: 'Unauthorized' } as const;
  const { io, printed } = terminal();
  const expired = { ...cluster, ping: async () => refused };
  const code = await monitor(io, { interval: 1_000, namespace: 'default', once: true }, async () => expired);
  expect(code).toBe(1);
  expect(printed.err).toMatch(/^kubejobs: the API server does not know who asks \(401\).*renew the credentials/);
});

it('shows every change with --watch, and nothing twice', async () => {
  const { cluster, parts } = watchedCluster({ jobs: [aWorkload()], pods: [aPod()] });
  const { io, printed, stop } = terminal();
  const seen = async (words: string): Promise<void> => {
    while (!printed.out.includes(words)) await new Promise((resolve) => setImmediate(resolve));
  };
  const flags: MonitorFlags = { interval: 30_000, namespace: 'default', job: 'work', watch: true };
  const ending = monitor(io, flags, async () => cluster);
  await seen('"status":{"Running":1}');
  parts.pods.watchNow().send({ type: 'MODIFIED', object: aPod({ version: 2 }) });
  parts.pods.watchNow().send({ type: 'MODIFIED', object: aPod({ version: 3, phase: 'Failed', main: ended(5) }) });
  await seen('"exitCode":5');
  parts.jobs.watchNow().send({ type: 'DELETED', object: aWorkload() });
  await seen('NotFound');
  stop();
  expect(await ending).toBe(0);
  expect(printed.out.trim().split('\n')).toHaveLength(3);
});

it('prints again after each interval, also when nothing has changed', async () => {
  const { cluster } = watchedCluster({ jobs: [aWorkload()] });
  const { io, printed, pauses, stop } = terminal();
  const flags: MonitorFlags = { interval: 7_777, namespace: 'default', job: 'work' };
  const ending = monitor(io, flags, async () => cluster);
  while (printed.out.split('\n').length < 4) await new Promise((resolve) => setImmediate(resolve));
  stop();
  await ending;
  expect(new Set(printed.out.trim().split('\n')).size).toBe(1);
  const prints = printed.out.trim().split('\n').length;
  expect(pauses.filter((ms) => ms === 7_777)).toHaveLength(prints);
});

it('says with --watch --all that a workload is gone', async () => {
  const { cluster, parts } = watchedCluster({ jobs: [aWorkload()] });
  const { io, printed, stop } = terminal();
  const ending = monitor(io, { interval: 1, namespace: 'default', all: true, watch: true }, async () => cluster);
  await until(() => printed.out.includes('"name":"work"'));
  parts.jobs.watchNow().send({ type: 'DELETED', object: aWorkload() });
  await until(() => printed.out.includes('NotFound'));
  stop();
  await ending;
  expect(printed.out.trim().split('\n').at(-1)).toBe('{"job":{"name":"work","status":"NotFound"}}');
});

it('needs no rights to kinds that it is not asked for', async () => {
  const watched = watchedCluster({ pytorchjobs: [aWorkload({ kind: 'PyTorchJob', name: 'pytorch-simple' })] });
  watched.serve('pytorchjobs', true);
  const refused = { outcome: 'refused', status: 403, reason: 'Forbidden', message: 'jobs is forbidden' } as const;
  for (let n = 0; n < 5; n += 1) watched.parts.jobs.nextLists.push(refused);
  const { io, printed } = terminal();
  const flags: MonitorFlags = { interval: 1, namespace: 'default', once: true, pytorchjob: true };
  expect(await monitor(io, flags, async () => watched.cluster)).toBe(0);
  expect(printed.out).toContain('"name":"pytorch-simple"');
});

it('says when news stops coming and when it comes again', async () => {
  const { cluster, parts } = watchedCluster({ jobs: [aWorkload()] });
  const { io, printed, stop } = terminal();
  const ending = monitor(io, { interval: 1, namespace: 'default', job: 'work' }, async () => cluster);
  await until(() => printed.out !== '');
  parts.jobs.nextLists.push({ outcome: 'unknown', message: 'connection refused' });
  parts.jobs.watchNow().send({ type: 'ERROR', code: 410, message: 'too old' });
  await until(() => printed.err.includes('the API server cannot be reached: connection refused'));
  await until(() => printed.err.includes('answers again'));
  stop();
  await ending;
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

it.each([
  [['--interval', 'soon'], '--interval'],
  [['--interval', '0s'], '--interval'],
  [['-o', 'xml'], 'json, wide or table'],
  [['--job'], 'argument missing'],
  [['something'], 'too many arguments'],
])('refuses %j with exit code 2', async (flags, words) => {
  const { code, stderr } = await commandLine(['monitor', ...flags]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
