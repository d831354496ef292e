import { row } from './rows/11-hostile-logs.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row);
