import { describe, expect, it } from 'vitest';
import type { Arrival } from './faults.ts';
import { mostWithin, tooEarly } from './pauses.ts';

const arrival = (at: number, more: Partial<Arrival> = {}): Arrival => ({
  ...{ at, connection: 1, verb: 'get', method: 'GET', path: '/a' },
  ...more,
});
const turnedAway = (at: number, more: Partial<Arrival> = {}): Arrival =>
  arrival(at, { status: 429, answeredAt: at + 10, retryAfterMs: 2_000, ...more });
const watch = { verb: 'watch', path: '/watched' } as const;

describe('a pause that a server asked for', () => {
  it.each<[string, Arrival[], number]>([
    ['is kept by who comes after it', [turnedAway(0), arrival(2_011)], 0],
    ['is broken by who comes within it', [turnedAway(0), arrival(1_500)], 1],
    ['is broken by any other call too', [turnedAway(0), arrival(1_990, { path: '/b', verb: 'create' })], 1],
    ['is not broken by what was on its way', [turnedAway(0), arrival(200)], 0],
    ['is not broken by what a connection was opened for before', [turnedAway(0), arrival(900, { openedAt: 200 })], 0],
    ['is broken by what opens a connection', [turnedAway(0), arrival(900, { openedAt: 800 })], 1],
    ['is not broken by a watch, when a call was turned away', [turnedAway(0), arrival(1_000, watch)], 0],
    ['is broken by the watch that was turned away', [turnedAway(0, watch), arrival(1_000, watch)], 1],
    ['is there only when it was asked for', [arrival(0, { status: 500, answeredAt: 1 }), arrival(400)], 0],
  ])('%s', (_title, arrivals, expected) => {
    expect(tooEarly(arrivals)).toHaveLength(expected);
  });

  it('is told with who broke it and by how much', () => {
    expect(tooEarly([turnedAway(0), arrival(1_510, { method: 'POST', path: '/b' })])).toEqual([
      'POST /b came 500 ms before the end of the 2000 ms that GET /a was told to wait (429)',
    ]);
  });
});

describe('the busiest window', () => {
  it('counts what lies within its length, wherever it begins', () => {
    const arrivals = [0, 900, 1_100, 1_200, 1_850, 5_000].map((at) => arrival(at));
    expect(mostWithin(1_000, arrivals)).toBe(4);
    expect(mostWithin(1_000, arrivals, ({ at }) => at > 1_150)).toBe(2);
    expect(mostWithin(1_000, [])).toBe(0);
  });
});
