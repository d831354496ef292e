// Whether a JobSet is over, and since when. Pure.
import type { JobSetCondition } from '../../../pkg/models/index.ts';
import type { JobSetRecord } from './records.ts';

/** The condition that says so. */
export function endOfJobSet({ status }: Pick<JobSetRecord, 'status'>): JobSetCondition | undefined {
  return status.conditions?.find(
    ({ type, status: is }) => is === 'True' && (type === 'Completed' || type === 'Failed'),
  );
}
