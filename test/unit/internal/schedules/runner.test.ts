import { describe, expect, test } from 'vitest';
import { mostSchedules } from '../../../../internal/schedules/service.ts';
import { StoreFailure } from '../../../../internal/store/store.ts';
import { refused } from '../../../../pkg/models/index.ts';
import { aScheduledWorld, hour, minute, type ScheduledWorld, settingsOf } from '../../../support/schedule-builders.ts';
import { commitOf } from '../../../support/store-builders.ts';

/** At 12:00 of the same day. */
const noon = '2026-11-04T12:00:00Z';
const never = new Promise<never>(() => {});

function theSchedule({ schedules }: Pick<ScheduledWorld, 'schedules'>) {
  const schedule = schedules.schedule('nightly');
  if (!schedule) throw new Error('there is no schedule');
  return schedule;
}

describe('a schedule', () => {
  test('submits its job at each of its times, marked as its own', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly');
    await world.clock.advance(29 * minute);
    expect(world.runs()).toEqual([]);
    await world.clock.advance(2 * hour);
    expect(world.runs()).toEqual(['report 10:00', 'report 11:00']);
    const [newest] = world.store.reader.list({ labels: { 'kubejobs.io/schedule': 'nightly' } }, 1).jobs;
    expect(newest?.labels).toEqual({ team: 'a', 'kubejobs.io/schedule': 'nightly' });
    expect(theSchedule(world)).toMatchObject({
      ...{ lastJobId: newest?.jobId, lastRunAt: Date.parse('2026-11-04T11:00:00Z'), missedRuns: 0 },
      nextRunAt: Date.parse(noon),
    });
  });

  test('wakes for the earliest of many, and each keeps its own time', async () => {
    const world = await aScheduledWorld();
    await world.create('hourly');
    await world.create('often', { cron: '*/20 * * * *', job: { name: 'tick' } });
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['tick 09:40', 'report 10:00', 'tick 10:00', 'tick 10:20']);
    expect(world.store.reader.scheduleCount()).toBe(2);
  });

  test('of Forbid waits for no job: the run is left out and counted', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly', { concurrencyPolicy: 'Forbid' });
    await world.clock.advance(3 * hour);
    expect(world.runs()).toEqual(['report 10:00']);
    expect(theSchedule(world)).toMatchObject({ missedRuns: 2, lastMissed: { reason: 'job_unfinished' } });
    await world.service.cancel(theSchedule(world).lastJobId as string);
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['report 10:00', 'report 13:00']);
    const missed = { name: 'kubejobs_schedule_runs_total', value: 1, labels: { outcome: 'job_unfinished' } };
    expect(world.metrics.measured.filter((each) => each.labels.outcome === 'job_unfinished')).toEqual([missed, missed]);
  });

  test('of Replace cancels the job before it submits the next', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly', { concurrencyPolicy: 'Replace' });
    await world.clock.advance(2 * hour);
    const states = world.store.reader.list({}, 9).jobs.map(({ state }) => state);
    expect(states).toEqual(['pending', 'cancelled']);
  });

  test('whose job is refused misses its run and says why; the next one is tried again', async () => {
    let strict = true;
    const judge = () => (strict ? refused('policy_refused', 'root is not allowed').refusal : undefined);
    const world = await aScheduledWorld({
      judge: (submission) => (submission.labels?.['kubejobs.io/schedule'] ? judge() : undefined),
    });
    await world.create('nightly');
    await world.clock.advance(hour);
    expect(theSchedule(world)).toMatchObject({
      missedRuns: 1,
      lastMissed: { reason: 'refused', message: 'policy_refused: root is not allowed' },
    });
    strict = false;
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['report 11:00']);
  });

  test('that is suspended has no runs, and resumed makes up for none', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly', { suspended: true });
    await world.clock.advance(3 * hour);
    expect(theSchedule(world)).not.toHaveProperty('nextRunAt');
    await world.schedules.change('nightly', { suspended: false });
    expect(theSchedule(world).nextRunAt).toBe(Date.parse('2026-11-04T13:00:00Z'));
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['report 13:00']);
    expect(theSchedule(world).missedRuns).toBe(0);
  });

  test('that is changed runs at its new times, and one that is deleted no more', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly');
    await world.schedules.change('nightly', { cron: '45 * * * *', job: { name: 'other' } });
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['other 09:45']);
    expect(await world.schedules.remove('nightly')).toMatchObject({ ok: true });
    await world.clock.advance(3 * hour);
    expect(world.runs()).toEqual(['other 09:45']);
    await world.create('nightly');
    await world.clock.advance(hour);
    expect(world.runs()).toEqual(['other 09:45', 'report 14:00']);
  });
});

test('many schedules of one moment all run, each once', async () => {
  const world = await aScheduledWorld();
  for (let number = 0; number < 130; number += 1) await world.create(`s${number}`, { job: { name: `j${number}` } });
  await world.clock.advance(90 * minute);
  const runs = world.runs();
  expect(runs).toHaveLength(260);
  expect(new Set(runs).size).toBe(260);
});

test('there can be a thousand schedules and no more', async () => {
  const world = await aScheduledWorld();
  await world.create('nightly');
  const row = theSchedule(world);
  const others = Array.from({ length: mostSchedules - 2 }, (_, number) => ({
    ...{ ...row, scheduleId: `id${number}`, name: `s${number}` },
  }));
  await world.store.commit(commitOf({ schedules: others }));
  await world.create('last');
  const answer = await world.schedules.create('more', settingsOf());
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'schedule_limit' } });
});

describe('after an absence', () => {
  test('one run is made up for, the others are counted', async () => {
    const { store, create } = await aScheduledWorld();
    await create('nightly', { startingDeadlineMs: 10 * minute });
    const late = await aScheduledWorld({ store, at: '2026-11-04T12:10:00Z' });
    await late.clock.advance(0);
    expect(late.runs()).toEqual(['report 12:00']);
    expect(theSchedule(late)).toMatchObject({ missedRuns: 2, lastMissed: { at: Date.parse('2026-11-04T11:00:00Z') } });
    const later = await aScheduledWorld({ store, at: '2026-11-04T15:11:00Z', seed: 8 });
    await later.clock.advance(0);
    expect(later.runs()).toEqual(['report 12:00']);
    expect(theSchedule(later)).toMatchObject({ missedRuns: 5, lastMissed: { reason: 'too_late' } });
  });

  const endings: Array<[string, Parameters<typeof aScheduledWorld>[0]]> = [
    [
      'before its answer',
      {
        jobs: (jobs) => ({
          cancel: (jobId) => jobs.cancel(jobId),
          submit: (...given) => jobs.submit(...given).then(() => never),
        }),
      },
    ],
    [
      'before the run was noted',
      { write: (write) => (rows) => (rows.schedules?.[0]?.lastRunAt === undefined ? write(rows) : never) },
    ],
  ];
  const returns = ['2026-11-04T10:00:05Z', '2026-11-04T11:30:00Z', '2026-11-06T10:30:00Z'];

  test.each(endings.flatMap(([when, options]) => returns.map((at) => ({ when, options, at }))))(
    'a program that ended after a submission, $when, and is back at $at submits no second job',
    async ({ options, at }) => {
      const world = await aScheduledWorld(options);
      await world.create('nightly', { cron: '0 10 4 11 *' });
      await world.clock.advance(31 * minute);
      expect(world.runs()).toEqual(['report 10:00']);
      expect(theSchedule(world)).not.toHaveProperty('lastRunAt');
      const next = await aScheduledWorld({ store: world.store, at, seed: 8 });
      await next.clock.advance(hour);
      expect(next.runs()).toEqual(['report 10:00']);
      expect(theSchedule(next)).toMatchObject({ lastRunAt: Date.parse('2026-11-04T10:00:00Z'), missedRuns: 0 });
      expect(theSchedule(next).lastJobId).toBe(next.store.reader.list({}, 9).jobs[0]?.jobId);
    },
  );
});

describe('while the store fails', () => {
  test('a run is tried again until it succeeds, and is made once', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly');
    world.store.hold = true;
    world.store.reopenFailures = 3;
    await world.clock.runUntil(() => world.store.heldCommits === 1, hour);
    world.store.refuse();
    world.store.hold = false;
    await world.clock.advance(10 * minute);
    expect(world.runs()).toEqual(['report 10:00']);
    expect(theSchedule(world)).toMatchObject({ missedRuns: 0, lastRunAt: Date.parse('2026-11-04T10:00:00Z') });
  });

  test('a run that was submitted and could not be noted is noted later', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly');
    await world.clock.advance(29 * minute);
    const isNote = (): boolean => world.store.commits.at(-1)?.schedules.length === 1;
    world.store.hold = true;
    await world.clock.runUntil(() => world.store.heldCommits === 1, hour);
    await world.store.carryOut();
    await world.clock.runUntil(() => isNote() && world.store.heldCommits === 1, minute);
    world.store.refuse();
    world.store.hold = false;
    await world.clock.advance(10 * minute);
    expect(world.runs()).toEqual(['report 10:00']);
    expect(theSchedule(world).lastRunAt).toBe(Date.parse('2026-11-04T10:00:00Z'));
  });

  test('a schedule that cannot be read now is read later', async () => {
    const world = await aScheduledWorld();
    await world.create('nightly');
    await world.clock.advance(29 * minute);
    world.store.nextReadError = new StoreFailure('io', 'the disk is away');
    await world.clock.advance(10 * minute);
    expect(world.runs()).toEqual(['report 10:00']);
  });
});
