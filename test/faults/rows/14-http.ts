// Row 14: clients that send nonsense, too much, too slowly, or too many requests at once. A trial is one hostile request,
// decided by its seed; beside them every piece lets schemathesis make requests up from the OpenAPI document, without and
// with tokens, and holds good clients' answers beside ten thousand slow connections. Loaded by whoever prints the table.
import type { Row } from '../scorecard/row.ts';

export const row: Row = {
  number: 14,
  fault:
    'HTTP: fuzz by the OpenAPI document, raw bytes, 10,000 slow connections, 1 MiB+ bodies, deep JSON, `__proto__`',
  how: 'schemathesis, scripts',
  required: '0 5xx, 0 crashes, good clients’ p99 under 2×',
  small: { trials: 2_000 },
  large: { trials: 100_000, pieceSize: 10_000 },
  note:
    'Trials are requests of our own generator; those of schemathesis come on top. The ratio is that of the middle of several ' +
    'windows of 1.5 s on one server in one run; the small column records it, the large one holds it to 2.',
  run: async (piece) => (await import('../support/http/trials.ts')).run(piece),
};
