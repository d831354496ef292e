// Sets aside what cannot be read: one damaged row never hides the others. Each is reported once, not at every read.
import { UnreadableRow } from './rows.ts';

export type Readable = <Row, Value>(rows: Iterable<Row>, decode: (row: Row) => Value) => Value[];

const reportsRemembered = 1_000;

export function readableRows(report: (row: string) => void): Readable {
  const reported = new Set<string>();
  const reportOnce = (row: string): void => {
    if (reported.has(row) || reported.size >= reportsRemembered) return;
    reported.add(row);
    report(row);
  };
  return (rows, decode) => {
    const values = [];
    for (const row of rows) {
      try {
        values.push(decode(row));
      } catch (error) {
        if (!(error instanceof UnreadableRow)) throw error;
        reportOnce(error.message);
      }
    }
    return values;
  };
}
