import { expect, it } from 'vitest';
import { crashPoints } from './crash-points.ts';
import { type KillPlan, killPlan, wordsOf } from './kill-plan.ts';

function plans(first: number, count: number): KillPlan[] {
  return Array.from({ length: count }, (_, index) => killPlan(first + index));
}

function pointsOf(all: readonly KillPlan[]): Set<string> {
  const moments = all.flatMap(({ kill, duringStart }) => [kill, duringStart]);
  return new Set(moments.flatMap((moment) => (moment && 'point' in moment ? [moment.point] : [])));
}

it.each([1, 21, 500])(
  'twenty trials from seed %i on have ten kills at random moments and ten at named points',
  (first) => {
    const all = plans(first, 20);
    expect(all.filter(({ kill }) => 'afterMs' in kill)).toHaveLength(10);
    expect(all.filter(({ kill }) => 'point' in kill)).toHaveLength(10);
  },
);

it('the small column kills at a named point of every part of a job’s way and of a start', () => {
  const points = [...pointsOf(plans(1, 20))].join(' ');
  for (const part of [
    'commit',
    'answer',
    'create',
    'delete',
    'clean_up',
    'relist',
    'load',
    'first_list',
    'first_look',
  ]) {
    expect(points).toContain(part);
  }
});

it('the large column kills at every point that there is', () => {
  expect(pointsOf(plans(1, 1_000))).toEqual(new Set(Object.keys(crashPoints)));
});

it('a seed always gives the same plan, and words that name it', () => {
  expect(killPlan(42)).toEqual(killPlan(42));
  expect(wordsOf(killPlan(42))).toContain('seed 42');
});
