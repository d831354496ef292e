import { existsSync } from 'node:fs';
import { row } from './rows/16-one-million.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { unavailable: existsSync('/proc/self/status') ? undefined : 'it needs /proc' });
