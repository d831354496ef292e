import { row } from './rows/13-poison.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row);
