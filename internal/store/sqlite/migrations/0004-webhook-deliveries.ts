// Deliveries of finish webhooks that have not arrived yet, and up to which event they have been made. `host` is that of
// the URL: receivers that take long are passed over.

export const webhookDeliveries = `
ALTER TABLE meta ADD COLUMN webhooks_up_to INTEGER;

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
`;
