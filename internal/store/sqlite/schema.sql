-- What the migrations lead to; written by its test. A change of the schema is a new migration.

CREATE TABLE meta (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  queue_id TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  last_dispatch_sequence INTEGER NOT NULL,
  owner TEXT,
  cluster TEXT
, max_concurrency INTEGER, paused INTEGER, last_event INTEGER NOT NULL DEFAULT 0, gone_event INTEGER NOT NULL DEFAULT 0, webhooks_up_to INTEGER) STRICT;

CREATE TABLE jobs (
  sequence INTEGER PRIMARY KEY,
  job_id BLOB NOT NULL UNIQUE CHECK (length(job_id) = 16),
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  queue TEXT NOT NULL,
  namespace TEXT,
  labels TEXT,
  annotations TEXT,
  spec TEXT NOT NULL,
  accepted_as TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  attempt INTEGER NOT NULL,
  exit_code INTEGER,
  created_at REAL NOT NULL,
  started_at REAL,
  finished_at REAL
, rules TEXT, held INTEGER, start_at REAL, expires_at REAL, waits_for TEXT, attempts_before INTEGER, accepted_event INTEGER NOT NULL DEFAULT 0, gave_way_times INTEGER) STRICT;

CREATE INDEX jobs_by_state ON jobs (state);

CREATE INDEX jobs_by_name ON jobs (name, state);

CREATE INDEX jobs_by_queue ON jobs (queue, state) WHERE queue <> 'default';

CREATE TABLE job_labels (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (name, value, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_counts (
  state TEXT PRIMARY KEY,
  jobs INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER count_state_change AFTER UPDATE OF state ON jobs WHEN NEW.state <> OLD.state BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
  INSERT INTO job_counts (state, jobs) VALUES (NEW.state, 1) ON CONFLICT (state) DO UPDATE SET jobs = jobs + 1;
END;

CREATE TRIGGER count_deletion AFTER DELETE ON jobs BEGIN
  UPDATE job_counts SET jobs = jobs - 1 WHERE state = OLD.state;
END;

CREATE TABLE attempts (
  job_id BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  dispatch_sequence INTEGER NOT NULL,
  dispatched_at REAL NOT NULL,
  workload_kind TEXT NOT NULL,
  workload_namespace TEXT NOT NULL,
  workload_name TEXT NOT NULL,
  workload_uid TEXT,
  creation TEXT NOT NULL,
  unknown_at REAL,
  cancel_requested_at REAL,
  finished_at REAL,
  outcome TEXT,
  reason TEXT,
  message TEXT,
  exit_code INTEGER,
  cleanup_at REAL, made_at REAL, give_way TEXT, restarts INTEGER,
  PRIMARY KEY (job_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE INDEX attempts_to_clean_up ON attempts (cleanup_at) WHERE cleanup_at IS NOT NULL;

CREATE INDEX jobs_expiring ON jobs (sequence) WHERE expires_at IS NOT NULL;

CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE events (
  event_id INTEGER PRIMARY KEY,
  job_id BLOB NOT NULL,
  at REAL NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  attempt INTEGER
) STRICT;

CREATE INDEX events_of_job ON events (job_id);

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  job_id BLOB NOT NULL,
  queue_position INTEGER NOT NULL,
  created_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

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

CREATE TABLE webhook_deliveries (
  delivery_id TEXT PRIMARY KEY,
  job_id TEXT NOT NULL,
  url TEXT NOT NULL,
  host TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at REAL NOT NULL,
  tries INTEGER NOT NULL,
  next_try_at REAL,
  last_try_at REAL,
  last_status INTEGER,
  last_error TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (state);
