import { row } from './rows/03-planted-bugs.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { timeoutMs: 900_000 });
