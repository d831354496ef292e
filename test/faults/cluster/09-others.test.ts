import { inject } from 'vitest';
import '../../cluster/support/queue.ts'; // what it does at the end of a file can only be registered before the tests run
import { row } from '../rows/09-others.ts';
import { describeRow } from '../scorecard/describe-row.ts';

const cluster = inject('cluster');

describeRow(row, { unavailable: cluster.available ? undefined : cluster.reason });
