import { inject } from 'vitest';
import { row } from '../rows/18-sigterm.ts';
import { describeRow } from '../scorecard/describe-row.ts';

const cluster = inject('cluster');

describeRow(row, { unavailable: cluster.available ? undefined : cluster.reason });
