// Schedules: few rows, read and written whole. Lists and objects in them are JSON; `job` is a submission as it was sent.

export const schedules = `
CREATE TABLE schedules (
  schedule_id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cron TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  concurrency_policy TEXT NOT NULL,
  starting_deadline_ms REAL,
  suspended INTEGER NOT NULL,
  job TEXT NOT NULL,
  created_at REAL NOT NULL,
  considered_up_to REAL NOT NULL,
  last_run_at REAL,
  last_job_id TEXT,
  active_job_ids TEXT NOT NULL,
  missed_runs INTEGER NOT NULL,
  last_missed TEXT
) STRICT, WITHOUT ROWID;
`;
