// The small column of row 14; `make scorecard` runs the large one.
import { row } from './rows/14-http.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { timeoutMs: 300_000 });
