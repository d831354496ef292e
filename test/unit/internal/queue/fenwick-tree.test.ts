import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FenwickTree } from '../../../../internal/queue/fenwick-tree.ts';

const listOfCounts = fc.array(fc.nat(5), { maxLength: 70, size: 'max' });

function treeOf(counts: readonly number[]): FenwickTree {
  const tree = new FenwickTree();
  tree.rebuild(Int32Array.from(counts), counts.length);
  return tree;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

describe('running totals', () => {
  test('sum every prefix', () => {
    const property = fc.property(listOfCounts, (counts) => {
      const tree = treeOf(counts);
      for (let i = 0; i <= counts.length; i++) expect(tree.sumBefore(i)).toBe(sum(counts.slice(0, i)));
    });
    fc.assert(property);
  });

  test('lead each rank to the count that covers it, over counts of zero too', () => {
    const property = fc.property(listOfCounts, (counts) => {
      const tree = treeOf(counts);
      const owners = counts.flatMap((count, index) => Array<number>(count).fill(index));
      expect(owners.map((_, rank) => tree.indexOfRank(rank))).toEqual(owners);
      expect(tree.indexOfRank(owners.length)).toBe(counts.length);
    });
    fc.assert(property);
  });

  test('follow single changes as if rebuilt', () => {
    const changes = fc.array(fc.tuple(fc.nat(69), fc.nat(5)));
    const property = fc.property(listOfCounts, changes, (counts, steps) => {
      const tree = treeOf(counts);
      const changed = [...counts];
      for (const [index, delta] of steps.filter(([index]) => index < counts.length)) {
        tree.add(index, delta);
        changed[index] = (changed[index] as number) + delta;
      }
      for (let i = 0; i <= counts.length; i++) expect(tree.sumBefore(i)).toBe(sum(changed.slice(0, i)));
    });
    fc.assert(property);
  });

  test('forget the longer list they were built from before', () => {
    const tree = treeOf([1, 2, 3, 4, 5]);
    tree.rebuild(Int32Array.of(7, 8), 2);
    expect([tree.sumBefore(2), tree.indexOfRank(14), tree.indexOfRank(15)]).toEqual([15, 1, 2]);
  });

  test('stay as they are when their copy changes', () => {
    const tree = treeOf([1, 1]);
    tree.clone().add(0, 5);
    expect(tree.sumBefore(2)).toBe(2);
  });
});
