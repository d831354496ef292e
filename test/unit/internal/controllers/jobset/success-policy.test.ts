// When a JobSet is Completed.
import { describe, expect, it } from 'vitest';
import {
  aJob,
  aJobSet,
  aReplicatedJob,
  complete,
  conditionsOf,
  planOf,
  running,
} from '../../../../support/jobset-builders.ts';

const replicatedJobs = [aReplicatedJob('a', 2), aReplicatedJob('b', 1)];
const completed = 'Completed=True(AllJobsCompleted)';

describe('the success policy', () => {
  it.each([
    ['All needs all replicas of every replicated job', 'All', [], ['set-a-0', 'set-a-1'], false],
    ['All is met by all of them', 'All', [], ['set-a-0', 'set-a-1', 'set-b-0'], true],
    ['All asks its targets alone', 'All', ['b'], ['set-b-0'], true],
    ['All needs all replicas of its targets', 'All', ['a'], ['set-a-1', 'set-b-0'], false],
    ['Any needs one successful Job', 'Any', [], ['set-a-1'], true],
    ['Any needs one among its targets', 'Any', ['b'], ['set-a-0', 'set-a-1'], false],
    ['Any is met by one of its targets', 'Any', ['b'], ['set-b-0'], true],
  ] as const)('%s', (_sentence, operator, targets, successful, isMet) => {
    const jobSet = aJobSet({
      spec: { replicatedJobs, successPolicy: { operator, targetReplicatedJobs: [...targets] } },
    });
    const jobs = ['set-a-0', 'set-a-1', 'set-b-0'].map((name) =>
      aJob(name, (successful as readonly string[]).includes(name) ? complete : running),
    );
    expect(conditionsOf(planOf(jobSet, jobs)).includes(completed)).toBe(isMet);
  });

  it('is All over every replicated job when there is none', () => {
    const jobs = ['set-a-0', 'set-a-1', 'set-b-0'].map((name) => aJob(name, complete));
    const plan = planOf(aJobSet({ spec: { replicatedJobs } }), jobs);
    expect(plan.status?.terminalState).toBe('Completed');
    expect(plan.finished).toBe('Completed');
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'AllJobsCompleted' }]);
  });

  it('creates nothing any more once it is met', () => {
    const jobSet = aJobSet({ spec: { replicatedJobs, successPolicy: { operator: 'Any' } } });
    const plan = planOf(jobSet, [aJob('set-a-0', complete)], { hasService: false });
    expect(plan).toMatchObject({ creations: [], changes: [], deletions: [] });
    expect(plan.service).toBeUndefined();
  });

  it('does not count successful Jobs of an attempt before', () => {
    const jobSet = aJobSet({ spec: { successPolicy: { operator: 'Any' } }, status: { restarts: 1 } });
    const plan = planOf(jobSet, [aJob('set-a-0', complete)]);
    expect(plan.finished).toBeUndefined();
    expect(plan.deletions.map(({ name }) => name)).toEqual(['set-a-0']);
  });
});
