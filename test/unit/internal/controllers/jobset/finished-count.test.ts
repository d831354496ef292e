import { expect, it } from 'vitest';
import { FinishedCount } from '../../../../../internal/controllers/jobset/finished-count.ts';
import { recordingMetrics } from '../../../../support/recorders.ts';

it('names get a series of their own until so many are there, then they are other', () => {
  const metrics = recordingMetrics();
  const count = new FinishedCount(metrics, 3);
  for (const name of ['a', 'b', 'c', 'a', 'd']) count.count({ namespace: 'ns', name }, 'Completed');
  count.count({ namespace: 'ns', name: 'c' }, 'Failed');
  expect(metrics.measured.map(({ name, labels }) => `${name} ${labels.jobset_name}`)).toEqual([
    'jobset_completed_total a',
    'jobset_completed_total b',
    'jobset_completed_total other',
    'jobset_completed_total a',
    'jobset_completed_total other',
    'jobset_failed_total c',
  ]);
});
