// How many pods owners declare for a group, as tables.
import { describe, expect, it } from 'vitest';
import { declaredPods, missingPods, sizeFromOwners } from '../../../../../internal/controllers/podgroup/size.ts';
import { templateOf, usualLabels } from '../../../../support/podgroup-objects.ts';

const group = { label: usualLabels.name, group: 'g' };
const own = templateOf();
const others = templateOf('h');
const job = (spec: object) => ({ template: { spec } });

describe('a Job declares', () => {
  it.each<[object, number | undefined]>([
    [{ ...own }, 1],
    [{ ...own, parallelism: 3 }, 3],
    [{ ...own, parallelism: 3, completions: 2 }, 2],
    [{ ...own, parallelism: 3, completions: 5 }, 3],
    [{ ...own, completions: 5 }, 1],
    [{ ...own, parallelism: 0 }, 0],
    [{ ...own, parallelism: -1 }, 1],
    [{ ...own, parallelism: 'many' }, 1],
    [{ ...others, parallelism: 3 }, undefined],
    [{ parallelism: 3 }, undefined],
    [{}, undefined],
  ])('%j: %j', (spec, expected) => expect(declaredPods('Job', spec, group)).toBe(expected));
});

describe('a StatefulSet declares', () => {
  it.each<[object, number | undefined]>([
    [{ ...own, replicas: 4 }, 4],
    [{ ...own }, 1],
    [{ ...others, replicas: 4 }, undefined],
  ])('%j: %j', (spec, expected) => expect(declaredPods('StatefulSet', spec, group)).toBe(expected));
});

describe('a JobSet declares', () => {
  it.each<[unknown, number | undefined]>([
    [[{ replicas: 2, ...job({ ...own, parallelism: 3, completions: 4 }) }], 6],
    [[{ ...job({ ...own, parallelism: 2 }) }, { replicas: 3, ...job(own) }], 5],
    [
      [
        { replicas: 2, ...job(own) },
        { replicas: 9, ...job(others) },
      ],
      2,
    ],
    [[{ replicas: 2, ...job(others) }], undefined],
    [[], undefined],
    ['none', undefined],
    [[null, 7], undefined],
  ])('%j: %j', (replicatedJobs, expected) => expect(declaredPods('JobSet', { replicatedJobs }, group)).toBe(expected));
});

it('an owner that knows no number of pods declares none', () => {
  expect(declaredPods('ReplicaSet', { ...own, replicas: 4 }, group)).toBeUndefined();
});

describe('the size by owners', () => {
  it('is the sum of what they declare, and the pods that nobody declared', () => {
    const owners = [
      { title: 'Job a', declared: 3, existing: 1 },
      { title: 'Job b', declared: undefined, existing: 2 },
    ];
    expect(sizeFromOwners(owners, 4)).toEqual({ pods: 9, from: 'owners' });
  });

  it('is the pods that are there when no owner declares any', () => {
    expect(sizeFromOwners([{ title: 'Job b', declared: undefined, existing: 2 }], 1)).toEqual({
      pods: 3,
      from: 'pods',
    });
  });

  it('is short when one owner is, though another has more than it wants', () => {
    const owners = [
      { title: 'Job a', declared: 3, existing: 1 },
      { title: 'Job b', declared: 1, existing: 7 },
    ];
    expect(missingPods(owners)).toEqual(['1 of 3 pods of Job a']);
  });
});
