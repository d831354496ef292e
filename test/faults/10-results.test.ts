import { row } from './rows/10-results.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row);
