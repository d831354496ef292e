import { beforeEach, describe, expect, it } from 'vitest';
import { newServer } from '../support/api-server.ts';
import { anApi } from '../support/api-under-test.ts';
import { aPodGroup, FakePodGroups } from '../support/fake-podgroups.ts';

const podGroups = new FakePodGroups();
const app = await newServer({ podGroups });

const deadlocked = aPodGroup({
  name: 'stuck',
  size: { pods: 4, from: 'annotation' },
  pods: { Running: 1, Unschedulable: 1 },
  ...{ labelled: 0, ready: false, since: 1_000, reason: 'pods_unschedulable', message: 'unschedulable: b: no room' },
  waiting: [
    { name: 'b', state: 'Unschedulable', deleted: false, message: 'no room' },
    { name: 'c', state: 'Running', deleted: true },
  ],
  waitingLeftOut: 3,
  deadlock: { since: 2_000, groups: ['default/stuck', 'default/train'] },
});

beforeEach(() => {
  podGroups.views.length = 0;
  podGroups.asked.length = 0;
});

describe('GET /podgroups', () => {
  it('lists groups, with all that is known of one that is not ready', async () => {
    podGroups.views.push(aPodGroup(), deadlocked);
    const answer = await app.inject('/podgroups');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual([
      {
        ...{ namespace: 'default', name: 'train', pods: { Running: 2 }, labelled: 2, ready: true },
        ...{ since: '1970-01-01T00:00:00.000Z', waiting_pods: [] },
      },
      {
        ...{ namespace: 'default', name: 'stuck', size: 4, size_from: 'annotation' },
        ...{ pods: { Running: 1, Unschedulable: 1 }, labelled: 0, ready: false, since: '1970-01-01T00:00:01.000Z' },
        ...{ reason: 'pods_unschedulable', message: 'unschedulable: b: no room' },
        waiting_pods: [
          { name: 'b', state: 'Unschedulable', message: 'no room' },
          { name: 'c', state: 'Running', deleted: true },
        ],
        waiting_pods_left_out: 3,
        deadlock: { since: '1970-01-01T00:00:02.000Z', groups: ['default/stuck', 'default/train'] },
      },
    ]);
    expect(podGroups.asked).toEqual([{}]);
  });

  it('hands its filters on', async () => {
    await app.inject('/podgroups?namespace=team&ready=false');
    expect(podGroups.asked).toEqual([{ namespace: 'team', ready: false }]);
  });

  it('comes in pages like every list', async () => {
    podGroups.views.push(...['a', 'b', 'c'].map((name) => aPodGroup({ name })));
    const first = await app.inject('/podgroups?ready=true&limit=2');
    expect(first.headers['x-total-count']).toBe('3');
    const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    expect(next).toContain('ready=true');
    const last = await app.inject(next);
    expect(last.json().map(({ name }: { name: string }) => name)).toEqual(['c']);
    expect(last.headers.link).toBeUndefined();
  });

  it.each(['namespace=No', 'ready=maybe', 'limit=0', 'cursor=!', 'name=train'])('refuses %s', async (query) => {
    const answer = await app.inject(`/podgroups?${query}`);
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'validation_failed']);
  });
});

describe('GET /podgroups/{namespace}/{name}', () => {
  it('shows one group', async () => {
    podGroups.views.push(deadlocked);
    const answer = await app.inject('/podgroups/default/stuck');
    expect([answer.statusCode, answer.json().name]).toEqual([200, 'stuck']);
  });

  it('says that there is none', async () => {
    const answer = await app.inject('/podgroups/default/gone');
    expect([answer.statusCode, answer.json().code]).toEqual([404, 'podgroup_not_found']);
    expect(answer.json().detail).toBe('No pod of a group gone is seen in the namespace default.');
  });
});

describe('without the controller', () => {
  it.each(['/podgroups', '/podgroups/default/train'])('%s says that it is off', async (url) => {
    const { app: without } = await anApi();
    const answer = await without.inject(url);
    expect([answer.statusCode, answer.json().code]).toEqual([409, 'controller_off']);
    expect(answer.json().detail).toContain('add podgroup to its --controllers');
  });
});
