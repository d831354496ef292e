import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchOf } from '../../../web/queue/search.ts';
import { rangeOf, rowHeight, tallest } from '../../../web/shared/virtual-range.ts';

describe('the rows in sight', () => {
  it('are those at the scrolled place, with some beyond on both sides', () => {
    const { first, last, before, after } = rangeOf(1_000 * rowHeight, 10 * rowHeight, 100_000);
    expect([first, last]).toEqual([992, 1_018]);
    expect([before / rowHeight, after / rowHeight]).toEqual([992, 98_982]);
  });

  it('are all of a short list', () => {
    expect(rangeOf(0, 400, 3)).toEqual({ first: 0, last: 3, before: 0, after: 0 });
    expect(rangeOf(0, 400, 0)).toEqual({ first: 0, last: 0, before: 0, after: 0 });
  });

  it('reach both ends of any list, cover what is in sight, and are few', () => {
    const lists = fc.record({ count: fc.nat(5_000_000), part: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(lists, ({ count, part }) => {
        const height = 440;
        const shown = Math.min(count * rowHeight, tallest);
        const scrolled = Math.max(0, shown - height) * part;
        const { first, last, before, after } = rangeOf(scrolled, height, count);
        expect(last - first).toBeLessThanOrEqual(60);
        expect(before + (last - first) * rowHeight + after).toBeGreaterThanOrEqual(
          Math.min(shown, scrolled + height) - 1,
        );
        expect(before).toBeLessThanOrEqual(scrolled + 1);
        if (part === 0) expect(first).toBe(0);
        if (part === 1) expect(last).toBe(count);
      }),
    );
  });
});

describe('a search', () => {
  it.each([
    ['', {}],
    ['  train ', { name: 'train*' }],
    ['train-*', { name: 'train-*' }],
    ['team=vision tier=gold', { labels: { team: 'vision', tier: 'gold' } }],
    ['queue:night train', { queue: 'night', name: 'train*' }],
    ['empty=', { labels: { empty: '' } }],
  ])('%j means %j', (text, search) => expect(searchOf(text)).toEqual(search));
});
