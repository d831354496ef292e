import type Database from 'better-sqlite3';

export function removeSchedules(db: Database.Database): (scheduleIds: readonly string[]) => void {
  const statement = db.prepare<[string]>('DELETE FROM schedules WHERE schedule_id = ?');
  return (scheduleIds) => {
    for (const scheduleId of scheduleIds) statement.run(scheduleId);
  };
}
