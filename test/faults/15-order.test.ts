import { row } from './rows/15-order.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row);
