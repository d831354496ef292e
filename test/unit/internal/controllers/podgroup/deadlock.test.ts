// Which groups wait for one another, and which job gives way, as tables.
import { describe, expect, it } from 'vitest';
import {
  type Candidate,
  deadlockMessage,
  findDeadlock,
  whoGivesWay,
} from '../../../../../internal/controllers/podgroup/deadlock.ts';

const stuck = (times: Record<string, number>) => Object.entries(times).map(([key, since]) => ({ key, since }));

describe('a deadlock', () => {
  it.each<[string, Record<string, number>, string[]]>([
    ['is none of no group', {}, []],
    ['is none of one group, however long it waits', { a: 0 }, []],
    ['is none before the time', { a: 41, b: 41 }, []],
    ['is none while only one has waited the time', { a: 0, b: 41 }, []],
    ['is one of all that have waited the time', { b: 40, c: 0, a: 40, d: 41 }, ['a', 'b', 'c']],
  ])('%s', (_title, times, groups) => expect(findDeadlock(stuck(times), 100, 60).groups).toEqual(groups));

  it('begins with the second group in it, and is looked for again when the next one’s time comes', () => {
    expect(findDeadlock(stuck({ a: 0, b: 30, c: 35, d: 70 }), 100, 60)).toEqual({
      ...{ groups: ['a', 'b', 'c'], since: 30, lookAgainAt: 130 },
    });
    expect(findDeadlock(stuck({ a: 70 }), 100, 60)).toEqual({ groups: [] });
    expect(findDeadlock(stuck({ a: 70, b: 50 }), 100, 60)).toEqual({ groups: [], lookAgainAt: 110 });
  });

  it('is told with a few of its groups when there are many', () => {
    const many = Array.from({ length: 12 }, (_each, index) => `n/g${index}`);
    expect(deadlockMessage(many)).toContain('n/g9 and 2 more wait for one another');
  });
});

describe('who gives way', () => {
  const candidate = (jobId: string, priority: number, sequence: number, ...groups: string[]): Candidate => ({
    ...{ jobId, attempt: 1, priority, sequence, groups: groups.length > 0 ? groups : [jobId] },
  });

  it.each<[string, Candidate[], string | undefined]>([
    ['nobody when none of them is ours', [], undefined],
    ['the lowest priority', [candidate('a', 5, 1), candidate('b', -1, 2), candidate('c', 0, 3)], 'b'],
    ['the one accepted last among equals', [candidate('a', 1, 1), candidate('b', 1, 9), candidate('c', 1, 3)], 'b'],
  ])('is %s', (_title, candidates, expected) => {
    expect(whoGivesWay(candidates, new Map())?.jobId).toBe(expected);
  });

  it('is no other job of a group of which one was asked already', () => {
    const candidates = [candidate('a', 0, 2, 'g'), candidate('b', 1, 1, 'g', 'h'), candidate('c', 9, 1, 'i')];
    expect(whoGivesWay(candidates, new Map([['g', 'x/1']]))?.jobId).toBe('c');
    expect(whoGivesWay(candidates, new Map([['g', 'b/1']]))?.jobId).toBe('b');
    expect(whoGivesWay(candidates, new Map([['g', 'a/1']]))?.jobId).toBe('a');
  });
});
