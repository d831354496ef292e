import type Database from 'better-sqlite3';
import { type ScheduleRow, scheduleColumns } from '../schedule-rows.ts';

export interface FindSchedules {
  named(name: string): ScheduleRow[];
  /** In the order of their names. */
  page(limit: number, skip: number): ScheduleRow[];
  count(): number;
}

export function findSchedules(db: Database.Database): FindSchedules {
  const named = db.prepare<[string], ScheduleRow>(`SELECT ${scheduleColumns} FROM schedules WHERE name = ?`);
  const page = db.prepare<[number, number], ScheduleRow>(
    `SELECT ${scheduleColumns} FROM schedules ORDER BY name LIMIT ? OFFSET ?`,
  );
  const count = db.prepare<[], number>('SELECT count(*) FROM schedules').pluck();
  return {
    named: (name) => named.all(name),
    page: (limit, skip) => page.all(limit, skip),
    count: () => count.get() ?? 0,
  };
}
