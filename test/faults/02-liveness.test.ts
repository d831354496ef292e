import { row } from './rows/02-liveness.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { timeoutMs: 900_000 });
