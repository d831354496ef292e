import { describe, expect, test } from 'vitest';
import { timesOf } from '../../../../internal/schedules/cron.ts';
import { decide, mostMissedAtOnce, noteRun, type Situation } from '../../../../internal/schedules/decide.ts';
import type { Schedule } from '../../../../pkg/models/index.ts';
import { hour, minute, settingsOf } from '../../../support/schedule-builders.ts';

const start = Date.parse('2026-11-04T09:30:00Z');
const at = (time: string): number => Date.parse(`2026-11-04T${time}:00Z`);

function aSchedule(fields: Partial<Schedule> = {}): Schedule {
  const bare = { createdAt: start, consideredUpTo: start, activeJobIds: [], missedRuns: 0 };
  return { scheduleId: 's', name: 'nightly', ...settingsOf(), ...bare, ...fields };
}

function decided(now: number, fields: Partial<Schedule> = {}, situation: Partial<Situation> = {}) {
  const schedule = aSchedule(fields);
  const times = timesOf(schedule.cron, schedule.timeZone);
  return decide({ now, schedule, times, newest: undefined, unfinished: [], ...situation });
}

describe('a schedule', () => {
  test('does nothing before its time, and runs at it', () => {
    expect(decided(at('09:59'))).toEqual({ schedule: aSchedule() });
    expect(decided(at('10:00'))).toEqual({ schedule: aSchedule(), run: { at: at('10:00'), cancel: [] } });
  });

  test('runs for the last of the times that are due; the others are missed', () => {
    const { schedule, run } = decided(at('13:20'));
    expect(run).toMatchObject({ at: at('13:00') });
    expect(schedule).toMatchObject({ missedRuns: 3, lastMissed: { at: at('12:00'), reason: 'superseded' } });
    expect(decide({ ...situationOf(noteRun(schedule, at('13:00'), 'j')), now: at('13:59') })).not.toHaveProperty('run');
  });

  test('does not run when it is later than its deadline, and does at the deadline itself', () => {
    const startingDeadlineMs = 10 * minute;
    expect(decided(at('10:10'), { startingDeadlineMs }).run).toMatchObject({ at: at('10:00') });
    const late = decided(at('11:10') + 1, { startingDeadlineMs });
    expect(late.run).toBeUndefined();
    expect(late.schedule).toMatchObject({
      missedRuns: 2,
      consideredUpTo: at('11:00'),
      lastMissed: { reason: 'too_late' },
    });
  });

  test('is never too late without a deadline', () => {
    expect(decided(start + 20_000 * hour, { cron: '0 10 4 11 *' }).run).toBeDefined();
  });

  test('counts a long absence only so far', () => {
    const { schedule, run } = decided(start + 365 * 24 * hour, { cron: '* * * * *' });
    expect(schedule.missedRuns).toBe(mostMissedAtOnce);
    expect(schedule.lastMissed?.at).toBe(start + 365 * 24 * hour - minute);
    expect(run?.at).toBe(start + 365 * 24 * hour);
  });

  test('neither runs nor misses anything while it is suspended', () => {
    expect(decided(at('13:20'), { suspended: true })).toEqual({ schedule: aSchedule({ suspended: true }) });
  });

  test('that nothing is to come of any more does nothing', () => {
    const times = { after: () => undefined, lastUntil: () => at('09:00') };
    expect(decided(at('13:20'), {}, { times }).run).toBeUndefined();
  });
});

describe('while a job of the schedule is not finished', () => {
  const unfinished = ['j1', 'j2'];

  test('Allow runs another one', () => {
    expect(decided(at('10:00'), {}, { unfinished }).run).toEqual({ at: at('10:00'), cancel: [] });
  });

  test('Forbid leaves the run out for good, and says for which job', () => {
    const { schedule, run } = decided(at('10:00'), { concurrencyPolicy: 'Forbid' }, { unfinished });
    expect(run).toBeUndefined();
    expect(schedule).toMatchObject({ missedRuns: 1, consideredUpTo: at('10:00') });
    expect(schedule.lastMissed).toEqual({
      at: at('10:00'),
      reason: 'job_unfinished',
      message: 'job j2 was not finished',
    });
    expect(decide({ ...situationOf(schedule), now: at('10:01') }).run).toBeUndefined();
  });

  test('Replace cancels them', () => {
    expect(decided(at('10:00'), { concurrencyPolicy: 'Replace' }, { unfinished }).run?.cancel).toEqual(unfinished);
  });

  test('the row knows only those that are not finished', () => {
    expect(decided(at('10:00'), { activeJobIds: ['j0', 'j1', 'j2'] }, { unfinished }).schedule.activeJobIds).toEqual(
      unfinished,
    );
  });
});

describe('a job that was submitted and not noted', () => {
  const newest = { jobId: 'j', at: at('11:00') };

  test('is noted, with the runs before it as missed, and its run does not take place again', () => {
    const { schedule, run } = decided(at('11:59'), {}, { newest, unfinished: ['j'] });
    expect(run).toBeUndefined();
    expect(schedule).toMatchObject({ lastRunAt: at('11:00'), lastJobId: 'j', missedRuns: 1, activeJobIds: ['j'] });
  });

  test('counts as unfinished for the run after it', () => {
    const { schedule, run } = decided(at('12:00'), { concurrencyPolicy: 'Forbid' }, { newest, unfinished: ['j'] });
    expect(run).toBeUndefined();
    expect(schedule).toMatchObject({ lastRunAt: at('11:00'), missedRuns: 2, lastMissed: { reason: 'job_unfinished' } });
  });

  test('is old news when it was noted', () => {
    const fields = { consideredUpTo: at('11:00'), lastRunAt: at('11:00'), lastJobId: 'j' };
    expect(decided(at('11:59'), fields, { newest })).toEqual({ schedule: aSchedule(fields) });
  });
});

function situationOf(schedule: Schedule): Situation {
  const times = timesOf(schedule.cron, schedule.timeZone);
  return { now: 0, schedule, times, newest: undefined, unfinished: [] };
}
