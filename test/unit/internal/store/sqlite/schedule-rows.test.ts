import { expect, test } from 'vitest';
import { UnreadableRow } from '../../../../../internal/store/sqlite/rows.ts';
import { type ScheduleRow, scheduleOf } from '../../../../../internal/store/sqlite/schedule-rows.ts';

const row: ScheduleRow = {
  ...{ schedule_id: 'id', name: 'nightly', cron: '@daily', time_zone: 'UTC', concurrency_policy: 'Allow' },
  ...{ starting_deadline_ms: null, suspended: 0, job: '{"name":"a"}', created_at: 1, considered_up_to: 2 },
  ...{ last_run_at: null, last_job_id: null, active_job_ids: '["x"]', missed_runs: 0, last_missed: null },
};

test('a sound row is a schedule', () => {
  expect(scheduleOf(row)).toMatchObject({ name: 'nightly', activeJobIds: ['x'], job: { name: 'a' } });
});

test.each<[Partial<ScheduleRow>, string]>([
  [{ job: '{' }, 'job is not a JSON object'],
  [{ active_job_ids: 'null' }, 'active_job_ids is not a JSON object'],
  [{ active_job_ids: '[1]' }, 'active_job_ids that are none'],
  [{ concurrency_policy: 'Queue' }, 'the policy "Queue"'],
  [{ considered_up_to: 1e300 }, 'a time that is none'],
  [{ last_missed: '{"reason":"refused"}' }, 'a time that is none'],
  [{ missed_runs: -1 }, 'missed_runs -1'],
])('a row with %j is set aside, by its name', (damage, words) => {
  expect(() => scheduleOf({ ...row, ...damage })).toThrow(UnreadableRow);
  expect(() => scheduleOf({ ...row, ...damage })).toThrow(`schedule nightly: ${words}`);
});
