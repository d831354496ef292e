// What a whole life of a job needs: rules (when, how long, how often), holds, dependencies, expiry, idempotency keys,
// settings changed while the queue runs, and history as one stream of events.
//
// `last_event` and `gone_event` are what pruning leaves of the events it deletes: the highest id there was, and up to which
// id some are missing.
//
// Every state change has an event id that only grows, over all jobs. That of an acceptance is a column of the job's row,
// which costs no row and, as acceptance numbers grow with it, no index; the others are the rows of `events`.

export const lifeOfAJob = `
ALTER TABLE jobs ADD COLUMN rules TEXT;
ALTER TABLE jobs ADD COLUMN held INTEGER;
ALTER TABLE jobs ADD COLUMN start_at REAL;
ALTER TABLE jobs ADD COLUMN expires_at REAL;
ALTER TABLE jobs ADD COLUMN waits_for TEXT;
ALTER TABLE jobs ADD COLUMN attempts_before INTEGER;
ALTER TABLE jobs ADD COLUMN accepted_event INTEGER NOT NULL DEFAULT 0;
UPDATE jobs SET accepted_event = sequence;
CREATE INDEX jobs_expiring ON jobs (sequence) WHERE expires_at IS NOT NULL;
CREATE INDEX jobs_by_end ON jobs (finished_at) WHERE finished_at IS NOT NULL;

ALTER TABLE attempts ADD COLUMN made_at REAL;

ALTER TABLE meta ADD COLUMN max_concurrency INTEGER;
ALTER TABLE meta ADD COLUMN paused INTEGER;
ALTER TABLE meta ADD COLUMN last_event INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meta ADD COLUMN gone_event INTEGER NOT NULL DEFAULT 0;

CREATE TABLE events (
  event_id INTEGER PRIMARY KEY,
  job_id BLOB NOT NULL,
  at REAL NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  message TEXT,
  attempt INTEGER
) STRICT;
INSERT INTO events (event_id, job_id, at, state, reason, message, attempt)
  SELECT (SELECT coalesce(max(sequence), 0) FROM jobs) + row_number() OVER (ORDER BY at, job_id, position),
    job_id, at, state, reason, message, attempt
  FROM timeline;
CREATE INDEX events_of_job ON events (job_id);
DROP TABLE timeline;

CREATE TABLE idempotency_keys (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  job_id BLOB NOT NULL,
  queue_position INTEGER NOT NULL,
  created_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
`;
