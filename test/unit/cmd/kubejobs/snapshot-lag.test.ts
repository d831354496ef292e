import { expect, it } from 'vitest';
import { lagIn } from '../../../../cmd/kubejobs/snapshot.ts';

it('a figure of the event loop that is no number is left out of the snapshot, and the rest stays', () => {
  const metrics = [
    'kubejobs_nodejs_eventloop_lag_mean_seconds Nan',
    'kubejobs_nodejs_eventloop_lag_p99_seconds 0.012',
    'kubejobs_nodejs_eventloop_lag_min_seconds +Inf',
    'kubejobs_queue_depth 3',
  ].join('\n');
  expect(lagIn(metrics)).toEqual({ p99: 0.012 });
});
