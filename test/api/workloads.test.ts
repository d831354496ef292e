import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { aListeningApi, anApi } from '../support/api-under-test.ts';
import { aJob, FakeService, jobIdOf } from '../support/fake-service.ts';
import { aWorkloadView, FakeWorkloads } from '../support/fake-workloads.ts';
import { openConnection, type RawConnection } from '../support/raw-connection.ts';
import { recordingMetrics } from '../support/recorders.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const sick = aWorkloadView({
  name: 'sick',
  uid: 'uid-sick',
  healthy: false,
  reason: 'OOMKilled',
  message: 'pod a: gone',
});

const workloads = new FakeWorkloads();
const service = new FakeService();
const app = await newServer({ workloads, service });

beforeEach(() => {
  workloads.views.length = 0;
  workloads.asked.length = 0;
  service.reset();
});

describe('GET /workloads', () => {
  it('counts everything, and lists the unhealthy ones with their reason', async () => {
    workloads.views.push(sick);
    const answer = await app.inject('/workloads');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      kinds: [
        { kind: 'JobSet', available: false, message: 'The cluster has none.', states: {}, unhealthy: 0 },
        { kind: 'Job', available: true, states: { Running: 2 }, unhealthy: 1 },
      ],
      pods: { Running: 1, Unschedulable: 1 },
      container_issues: { OOMKilled: 1 },
      workloads: [sick],
    });
    expect(workloads.asked).toEqual([{ unhealthy: true }]);
  });

  it('hands its filters on', async () => {
    await app.inject('/workloads?kind=PyTorchJob&namespace=team&unhealthy=false');
    expect(workloads.asked).toEqual([{ kind: 'PyTorchJob', namespace: 'team', unhealthy: false }]);
  });

  it('comes in pages like every list', async () => {
    workloads.views.push(...['a', 'b', 'c'].map((name) => aWorkloadView({ name })));
    const first = await app.inject('/workloads?unhealthy=false&limit=2');
    expect(first.headers['x-total-count']).toBe('3');
    const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    expect(next).toContain('unhealthy=false');
    const last = await app.inject(next);
    expect(last.json().workloads.map(({ name }: { name: string }) => name)).toEqual(['c']);
    expect(last.headers.link).toBeUndefined();
  });

  it.each(['kind=Deployment', 'kind=job', 'namespace=No', 'unhealthy=maybe', 'limit=0', 'cursor=!', 'state=Failed'])(
    'refuses %s',
    async (query) => {
      const answer = await app.inject(`/workloads?${query}`);
      expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation_failed']);
    },
  );
});

describe('GET /workloads/{kind}/{namespace}/{name}', () => {
  it('shows the document as it is, unknown fields and all', async () => {
    workloads.views.push(aWorkloadView());
    const answer = await app.inject('/workloads/Job/default/work');
    expect(answer.json()).toEqual({ job: { name: 'work', status: { Running: 1 }, pods: [] } });
  });

  it.each([
    ['/workloads/Job/default/nobody', 404, 'workload_not_found'],
    ['/workloads/Pod/default/work', 404, 'workload_not_found'],
    ['/workloads/Job/Default/work', 404, 'workload_not_found'],
  ])('%s is %i', async (url, status, code) => {
    const answer = await app.inject(url);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
  });
});

describe('a server without the health controller', () => {
  it.each(['/workloads', '/workloads/events', '/workloads/Job/default/work'])('says so at %s', async (url) => {
    const { app } = await anApi();
    const answer = await app.inject(url);
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'controller_off']);
    expect(answer.json().detail).toContain('add health to its --controllers');
  });

  it('leaves workloads out of its health', async () => {
    const { app } = await anApi();
    expect((await app.inject('/health')).json()).not.toHaveProperty('workloads');
  });
});

it('/health counts workloads, without the API server’s words', async () => {
  expect((await app.inject('/health')).json().workloads).toEqual([
    { kind: 'JobSet', available: false, states: {}, unhealthy: 0 },
    { kind: 'Job', available: true, states: { Running: 2 }, unhealthy: 1 },
  ]);
});

it('a job shows the health of its newest workload', async () => {
  const workload = { kind: 'Job', namespace: 'default', name: 'sick', uid: 'uid-sick' } as const;
  const attempt = { attempt: 1, dispatchSequence: 1, dispatchedAt: 0, creation: 'made', workload } as const;
  service.stored.push(aJob({ state: 'running', attempt: 1, attempts: [attempt] }));
  expect((await app.inject(`/jobs/${jobIdOf(1)}`)).json()).not.toHaveProperty('health');
  workloads.views.push(sick);
  expect((await app.inject(`/jobs/${jobIdOf(1)}`)).json().health).toEqual(sick);
});

describe('GET /workloads/events', () => {
  async function streams() {
    const told = new FakeWorkloads();
    const clock = virtualClock();
    const metrics = recordingMetrics();
    const { app, port } = await aListeningApi({ workloads: told, clock, metrics });
    const open = async (query = ''): Promise<RawConnection> => {
      const connection = await openConnection(port);
      connection.send(`GET /workloads/events${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await connection.until(/text\/event-stream/);
      return connection;
    };
    const listening = (count: number) => vi.waitFor(() => expect(told.listeners.size).toBe(count));
    return { app, port, workloads: told, clock, metrics, open, listening };
  }

  it('tells what changed and what is gone', async () => {
    const { workloads: told, open, listening } = await streams();
    const reader = await open();
    await listening(1);
    told.tell(sick);
    told.tell(sick, true);
    await reader.until(/event: gone/);
    expect(reader.received()).toContain(`event: changed\ndata: ${JSON.stringify(sick)}\n\n`);
    expect(reader.received()).toContain('event: gone\ndata: {"kind":"Job","namespace":"default","name":"sick"}\n\n');
  });

  it('begins with everything that the filters let through, and says when that was all of a kind', async () => {
    const { workloads: told, open } = await streams();
    told.views.push(...Array.from({ length: 250 }, (_, n) => aWorkloadView({ name: `w${n}`, uid: `uid${n}` })));
    const reader = await open('?kind=Job&namespace=default');
    await reader.until(/event: synced\ndata: \{"kind":"Job"\}\n\n/);
    const names = [...reader.received().matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name);
    expect(names).toEqual(told.views.map(({ name }) => name));
    expect(told.asked).toEqual(Array(3).fill({ kind: 'Job', namespace: 'default', unhealthy: false }));
    expect(reader.received()).not.toContain('id:');
  });

  it('begins anew for a reader who comes back, whatever he says that he has seen', async () => {
    const { workloads: told, open, listening, port } = await streams();
    const first = await open();
    await first.until(/"kind":"Job"/);
    first.socket.destroy();
    await listening(0);
    told.views.push(sick);
    const again = await openConnection(port);
    again.send('GET /workloads/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n');
    await again.until(/synced\ndata: \{"kind":"Job"\}/);
    expect(again.received()).toContain(`event: changed\ndata: ${JSON.stringify(sick)}\n\n`);
  });

  it('does not say of a kind that everything was told before it is known', async () => {
    const { workloads: told, clock, open } = await streams();
    told.unknown.add('Job');
    const reader = await open();
    await reader.until(/"kind":"PyTorchJob"/);
    expect(reader.received()).not.toContain('{"kind":"Job"}');
    told.tell(sick);
    told.unknown.delete('Job');
    await clock.advance(15_000);
    await reader.until(/uid-sick[\s\S]*event: synced\ndata: \{"kind":"Job"\}/);
    await clock.advance(15_000);
    expect([...reader.received().matchAll(/event: synced/g)]).toHaveLength(3);
  });

  it('tells a reader who is slow at the beginning of everything as it is when he takes it', async () => {
    const { workloads: told, open, listening } = await streams();
    const many = (message: string) =>
      Array.from({ length: 4_000 }, (_, n) =>
        aWorkloadView({ name: `w${n}`, uid: `u${n}`, message: message.repeat(3_000) }),
      );
    told.views.push(...many('a'));
    const reader = await open();
    reader.socket.pause();
    await listening(1);
    expect(told.asked.length).toBeLessThan(40);
    told.views.splice(0, told.views.length, ...many('b'));
    told.tell(sick);
    reader.socket.resume();
    await reader.until(/synced\ndata: \{"kind":"Job"\}/);
    expect(reader.received()).toMatch(/"name":"w3999","uid":"u3999".*"message":"bbb/);
    expect(reader.received()).toContain('uid-sick');
  });

  it('tells only of the kind and the namespace that were asked for', async () => {
    const { workloads: told, open, listening } = await streams();
    const reader = await open('?kind=Job&namespace=team');
    await listening(1);
    for (const kind of ['JobSet', 'Job'] as const)
      for (const namespace of ['default', 'team'])
        told.tell(aWorkloadView({ kind, namespace, name: `${kind}-${namespace}` }));
    told.tell(aWorkloadView({ namespace: 'team', name: 'last' }));
    await reader.until(/last/);
    expect([...reader.received().matchAll(/"name":"([^"]+)"/g)].map(([, name]) => name)).toEqual(['Job-team', 'last']);
  });

  it('listens only while there is a reader, and sends a comment now and then', async () => {
    const { workloads: told, clock, open, listening } = await streams();
    expect(told.listeners.size).toBe(0);
    const reader = await open();
    await listening(1);
    await clock.advance(15_000);
    await reader.until(/:\n\n/);
    reader.socket.destroy();
    await listening(0);
    await open();
    await listening(1);
  });

  it('ends when the server stops', async () => {
    const { app, open, listening } = await streams();
    const reader = await open();
    await listening(1);
    await app.close();
    await reader.closed;
  });

  it('tells a reader who is behind once of each workload, as it is then', async () => {
    const { workloads: told, open, listening } = await streams();
    const reader = await open();
    await listening(1);
    for (let n = 0; n < 20_000; n += 1)
      told.tell(aWorkloadView({ name: `w${n % 10}`, message: `${n} ${'x'.repeat(1_000)}` }));
    for (let n = 19_990; n < 20_000; n += 1) await reader.until(new RegExp(`"message":"${n} `));
    expect([...reader.received().matchAll(/event: changed/g)].length).toBeLessThan(200);
  });

  it('cuts off a reader who takes nothing', async () => {
    const { workloads: told, clock, metrics, open, listening } = await streams();
    const reader = await open();
    await listening(1);
    reader.socket.pause();
    for (let n = 0; n < 20_000; n += 1) told.tell(aWorkloadView({ name: `w${n}`, message: 'x'.repeat(1_000) }));
    await vi.waitFor(async () => {
      await clock.advance(15_000);
      expect(metrics.measured.map(({ name }) => name)).toContain('kubejobs_event_readers_cut_off_total');
    });
    await listening(0);
  });
});
