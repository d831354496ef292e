import { existsSync } from 'node:fs';
import { row } from './rows/17-soak.ts';
import { describeRow } from './scorecard/describe-row.ts';

describeRow(row, { unavailable: existsSync('/proc/self/fd') ? undefined : 'it needs /proc' });
