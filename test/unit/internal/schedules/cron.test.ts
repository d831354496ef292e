import { describe, expect, test } from 'vitest';
import { readCron, timesOf } from '../../../../internal/schedules/cron.ts';

const now = Date.parse('2026-11-04T09:30:00Z');

/** The next runs, in UTC without the seconds. */
function runsAfter(cron: string, timeZone: string, from: string, count: number): string[] {
  const times = timesOf(cron, timeZone);
  const runs: string[] = [];
  let at = Date.parse(from);
  while (runs.length < count) {
    at = times.after(at) as number;
    runs.push(new Date(at).toISOString().slice(0, 16));
  }
  return runs;
}

describe('an expression', () => {
  test.each(['* * * * *', '30 2 * * MON-FRI', '0 0 29 2 *', '*/5 8-18 1,15 JAN *', '@daily', '@HOURLY', '0 0 L * *'])(
    '%s is taken',
    (cron) => {
      expect(readCron(cron, 'Europe/Berlin', now)).toMatchObject({ ok: true });
    },
  );

  test.each([
    ['0 0 30 2 *', 'can never come to pass'],
    ['0 0 31 2,4,6 *', 'can never come to pass'],
    ['60 * * * *', 'Invalid value for minute: 60'],
    ['', 'minute, hour, day of month, month and day of week'],
    ['* * * *', 'minute, hour, day of month, month and day of week'],
    ['0 0 0 * * *', 'minute, hour, day of month, month and day of week'],
    ['2026-12-01T00:00:00', 'minute, hour, day of month, month and day of week'],
    ['@reboot', 'minute, hour, day of month, month and day of week'],
    ['a b c d e', 'must be a cron expression'],
  ])('“%s” is refused', (cron, words) => {
    const reading = readCron(cron, 'UTC', now);
    expect(reading).toEqual({ ok: false, field: 'cron', detail: expect.stringContaining(words) });
    expect(JSON.stringify(reading)).not.toMatch(/Cron[A-Z]/);
  });

  test.each(['Mars/Phobos', '', 'Berlin', 'local'])('the zone “%s” does not exist', (timeZone) => {
    expect(readCron('* * * * *', timeZone, now)).toMatchObject({ ok: false, field: 'timeZone' });
  });
});

describe('when clocks go forward (Berlin, 29 March 2026, 02:00 to 03:00)', () => {
  const from = '2026-03-28T00:00:00Z';

  test('a written-out time in the gap comes at its end, once', () => {
    expect(runsAfter('30 2 * * *', 'Europe/Berlin', from, 3)).toEqual([
      ...['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ]);
    expect(runsAfter('0,30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      ...['2026-03-29T01:00', '2026-03-30T00:00'],
    ]);
  });

  test('an interval goes on with the time that really passes', () => {
    expect(runsAfter('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30:00Z', 3)).toEqual([
      ...['2026-03-29T00:00', '2026-03-29T01:00', '2026-03-29T02:00'],
    ]);
    expect(runsAfter('*/30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 1)).toEqual(['2026-03-30T00:00']);
  });
});

describe('when clocks go back (Berlin, 25 October 2026, 03:00 to 02:00)', () => {
  test('a written-out time that comes twice runs at the first of the two', () => {
    expect(runsAfter('30 2 * * *', 'Europe/Berlin', '2026-10-24T00:00:00Z', 3)).toEqual([
      ...['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ]);
    expect(runsAfter('0,30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 3)).toEqual([
      ...['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-26T01:00'],
    ]);
  });

  test('an interval goes on with the time that really passes', () => {
    expect(runsAfter('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', 4)).toEqual([
      ...['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00', '2026-10-25T03:00'],
    ]);
  });
});

test('an expression or a zone that makes no sense any more has no times', () => {
  for (const times of [timesOf('nonsense', 'UTC'), timesOf('* * * * *', 'Mars/Phobos')]) {
    expect([times.after(now), times.lastUntil(now)]).toEqual([undefined, undefined]);
  }
});

test('the last time up to a moment is found backwards as forwards, on the days of the changes too', () => {
  for (const cron of ['30 2 * * *', '0,30 2 * * *', '*/20 * * * *', '@hourly']) {
    const times = timesOf(cron, 'Europe/Berlin');
    for (const day of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z', '2026-07-01T00:00:00Z']) {
      let last = times.after(Date.parse(day) - 86_400_000) as number;
      for (let at = last; at < Date.parse(day) + 86_400_000; at += 600_000) {
        const next = times.after(last) as number;
        if (next <= at) last = next;
        expect([cron, times.lastUntil(at), times.lastUntil(at + 0.5)]).toEqual([cron, last, last]);
        expect(times.after(at)).toBe(times.after(last));
      }
    }
  }
});
