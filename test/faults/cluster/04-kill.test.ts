import { inject } from 'vitest';
import { row } from '../rows/04-kill.ts';
import { describeRow } from '../scorecard/describe-row.ts';

const cluster = inject('cluster');

describeRow(row, { unavailable: cluster.available ? undefined : cluster.reason });
