// Rows and result lines for the tests of the scorecard, with only the telling parts.
import type { ResultLine } from './results.ts';
import type { Row } from './row.ts';

export function aRow(parts: Partial<Row> = {}): Row {
  return {
    number: 15,
    fault: 'gremlins',
    how: 'let in after midnight',
    required: 'nothing eaten',
    small: { trials: 2 },
    large: { trials: 10, pieceSize: 4 },
    run: ({ trials }) => Promise.resolve({ trials, violations: [] }),
    ...parts,
  };
}

export function aLine(parts: Partial<ResultLine> = {}): ResultLine {
  const violations = parts.violations ?? [];
  return {
    row: 15,
    column: 'large',
    seed: 1,
    trials: 4,
    violations,
    violation_count: violations.length,
    counts: {},
    worst: {},
    seconds: 1,
    commit: 'a'.repeat(40),
    dirty: false,
    date: '2026-11-21T10:00:00.000Z',
    machine: { cores: 2, node: 'v20.19.0' },
    ...parts,
  };
}
