import { row } from './rows/01-safety.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { timeoutMs: 900_000 });
