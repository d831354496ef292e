import { describe, expect, it } from 'vitest';
import { aLine } from './builders.ts';
import { figuresOf, mergeFigures } from './figures.ts';

describe('figures', () => {
  it('add up trials, counts and seconds, and keep the worst of the worst', () => {
    const lines = [
      aLine({ seed: 1, counts: { kills: 3 }, worst: { recovery_ms: 40 }, seconds: 2 }),
      aLine({ seed: 5, counts: { kills: 4, waits: 1 }, worst: { recovery_ms: 30, rise_mib: -2 }, seconds: 3 }),
    ];
    expect(figuresOf(lines)).toMatchObject([
      {
        ...{ row: 15, column: 'large', pieces: 2, trials: 8, seconds: 5, violation_count: 0 },
        ...{ counts: { kills: 7, waits: 1 }, worst: { recovery_ms: 40, rise_mib: -2 }, seeds: ['1–8'] },
      },
    ]);
  });

  it('name the seeds, and the gaps between them', () => {
    const seedsOf = (seeds: number[]) => figuresOf(seeds.map((seed) => aLine({ seed })))[0]?.seeds;
    expect(seedsOf([9, 1, 5])).toEqual(['1–12']);
    expect(seedsOf([1, 9])).toEqual(['1–4', '9–12']);
    expect(figuresOf([aLine({ seed: 3, trials: 1 })])[0]?.seeds).toEqual(['3']);
  });

  it('count every violation and show the first few', () => {
    const violations = ['one', 'two', 'three', 'four'];
    const [figures] = figuresOf([aLine({ violations }), aLine({ seed: 5, violations: ['five'], violation_count: 30 })]);
    expect(figures).toMatchObject({ violation_count: 34, violations: ['one', 'two', 'three'] });
  });

  it('are of the newest revision alone', () => {
    const old = aLine({ seed: 1, date: '2026-11-20T10:00:00.000Z', commit: 'b'.repeat(40), violations: ['old'] });
    const dirty = aLine({ seed: 5, date: '2026-11-20T11:00:00.000Z', dirty: true, difference: '1' });
    expect(figuresOf([aLine({ seed: 9 }), old, dirty])).toMatchObject([
      { commit: 'a'.repeat(40), dirty: false, trials: 4, seeds: ['9–12'], violation_count: 0 },
    ]);
  });

  it('are of each row and column apart, in order', () => {
    const lines = [aLine({ row: 4 }), aLine({ row: 15, column: 'small' }), aLine({ row: 15 }), aLine({ row: 1 })];
    const found = figuresOf(lines).map(({ row, column }) => `${row} ${column}`);
    expect(found).toEqual(['1 large', '4 large', '15 large', '15 small']);
  });

  it('count a piece that was run again once, and one that broke until it is finished', () => {
    const broken = aLine({ error: 'no cluster', trials: 0 });
    expect(figuresOf([broken])).toMatchObject([{ pieces: 0, broken: 1, trials: 0, seeds: [] }]);
    expect(figuresOf([broken, aLine()])).toMatchObject([{ pieces: 1, broken: 0, trials: 4 }]);
    expect(figuresOf([aLine({ violations: ['once'] }), aLine(), broken])).toMatchObject([
      { pieces: 1, broken: 0, trials: 4, violation_count: 0 },
    ]);
  });

  it('replace the older ones of the same row and column, and no others', () => {
    const older = figuresOf([aLine({ row: 4 }), aLine({ row: 15, seconds: 1 })]);
    const newer = figuresOf([aLine({ row: 15, seconds: 9 }), aLine({ row: 3 })]);
    const merged = mergeFigures(older, newer);
    expect(merged.map(({ row, seconds }) => [row, seconds])).toEqual([
      [3, 1],
      [4, 1],
      [15, 9],
    ]);
  });
});
