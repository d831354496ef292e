// What a failed Job does to its JobSet.
import { describe, expect, it } from 'vitest';
import type { FailurePolicy, FailurePolicyRule } from '../../../../../pkg/models/index.ts';
import {
  aJob,
  aJobSet,
  aReplicatedJob,
  conditionsOf,
  ended,
  failed,
  planOf,
  running,
} from '../../../../support/jobset-builders.ts';

const replicatedJobs = [aReplicatedJob('a', 2), aReplicatedJob('b', 1)];

function judged(failurePolicy: FailurePolicy | undefined, jobs: ReturnType<typeof aJob>[], status = {}) {
  return planOf(aJobSet({ spec: { replicatedJobs, ...(failurePolicy && { failurePolicy }) }, status }), jobs);
}

describe('the failure policy', () => {
  it('fails the JobSet at the first failed Job when there is none', () => {
    const plan = judged(undefined, [aJob('set-a-0', running), aJob('set-a-1', failed)]);
    expect(conditionsOf(plan)).toEqual(['Failed=True(FailedJobs)']);
    expect(plan.status?.terminalState).toBe('Failed');
    expect(plan.events).toMatchObject([
      {
        type: 'Warning',
        reason: 'FailedJobs',
        message: 'jobset failed due to one or more job failures (first failed job: set-a-1)',
      },
    ]);
  });

  it('restarts when no rule matches, and counts that towards maxRestarts', () => {
    const plan = judged({ maxRestarts: 2 }, [aJob('set-a-1', { ...failed, attempt: '1' })], {
      restarts: 1,
      restartsCountTowardsMax: 1,
    });
    expect(plan.status).toMatchObject({ restarts: 2, restartsCountTowardsMax: 2 });
    expect(plan.events).toMatchObject([
      {
        type: 'Warning',
        reason: 'RestartJobSetFailurePolicyAction',
        message: 'applying RestartJobSet failure policy action (first failed job: set-a-1)',
      },
    ]);
    expect(conditionsOf(plan)).toEqual([]);
  });

  it('fails with ReachedMaxRestarts when all that count are used up', () => {
    const jobs = [aJob('set-a-1', { ...failed, attempt: '3' })];
    const plan = judged({ maxRestarts: 2 }, jobs, { restarts: 3, restartsCountTowardsMax: 2 });
    expect(conditionsOf(plan)).toEqual(['Failed=True(ReachedMaxRestarts)']);
    expect(plan.status).toMatchObject({ restarts: 3, terminalState: 'Failed' });
  });

  it('has no restart by default', () => {
    expect(conditionsOf(judged({}, [aJob('set-a-1', failed)]))).toEqual(['Failed=True(ReachedMaxRestarts)']);
  });

  const rule = (more: Partial<FailurePolicyRule>): FailurePolicyRule => ({ action: 'FailJobSet', ...more });
  const byRule = 'FailJobSetFailurePolicyAction';
  const restarts = 'RestartJobSetFailurePolicyAction';
  const uncounted = 'RestartJobSetAndIgnoreMaxRestartsFailurePolicyAction';

  it.each<[string, FailurePolicyRule[], string]>([
    ['FailJobSet fails it', [rule({})], byRule],
    [
      'RestartJobSetAndIgnoreMaxRestarts restarts it',
      [rule({ action: 'RestartJobSetAndIgnoreMaxRestarts' })],
      uncounted,
    ],
    ['a rule with the Job’s reason matches', [rule({ onJobFailureReasons: ['PodFailurePolicy'] })], byRule],
    ['a rule with other reasons does not', [rule({ onJobFailureReasons: ['DeadlineExceeded'] })], restarts],
    [
      'a rule with a pattern found in the message matches',
      [rule({ onJobFailureMessagePatterns: ['x', 'code 4[0-9]$'] })],
      byRule,
    ],
    ['a rule with a pattern that is not found does not', [rule({ onJobFailureMessagePatterns: ['^code'] })], restarts],
    ['a rule with the Job’s parent matches', [rule({ targetReplicatedJobs: ['b', 'a'] })], byRule],
    ['a rule with other parents does not', [rule({ targetReplicatedJobs: ['b'] })], restarts],
    [
      'all of a rule must match',
      [rule({ onJobFailureReasons: ['PodFailurePolicy'], targetReplicatedJobs: ['b'] })],
      restarts,
    ],
    [
      'the first rule that matches is taken',
      [
        rule({ targetReplicatedJobs: ['b'] }),
        rule({ action: 'RestartJobSetAndIgnoreMaxRestarts', onJobFailureReasons: ['PodFailurePolicy'] }),
        rule({}),
      ],
      uncounted,
    ],
  ])('%s', (_sentence, rules, reason) => {
    const job = aJob('set-a-0', ended('Failed', 'PodFailurePolicy', 'container main exited with code 42'));
    expect(judged({ maxRestarts: 1, rules }, [job]).events).toMatchObject([{ reason }]);
  });

  it('raises only restarts when the action ignores maxRestarts', () => {
    const rules = [rule({ action: 'RestartJobSetAndIgnoreMaxRestarts' })];
    const plan = judged({ maxRestarts: 0, rules }, [aJob('set-a-0', failed)]);
    expect(plan.status).toMatchObject({ restarts: 1 });
    expect(plan.status?.restartsCountTowardsMax ?? 0).toBe(0);
  });

  it('names the Job that failed earliest among those that the rule matches', () => {
    const jobs = [
      aJob('set-b-0', ended('Failed', 'DeadlineExceeded', '', 1)),
      aJob('set-a-1', ended('Failed', 'BackoffLimitExceeded', '', 9)),
      aJob('set-a-0', ended('Failed', 'BackoffLimitExceeded', '', 5)),
    ];
    const rules = [rule({ onJobFailureReasons: ['BackoffLimitExceeded'] })];
    expect(judged({ maxRestarts: 1, rules }, jobs).events[0]?.message).toMatch(/\(first failed job: set-a-0\)$/);
    expect(judged({ maxRestarts: 1 }, jobs).events[0]?.message).toMatch(/\(first failed job: set-b-0\)$/);
  });

  it('comes before the success policy, and stops the pass', () => {
    const jobSet = aJobSet({ spec: { replicatedJobs, successPolicy: { operator: 'Any' } } });
    const plan = planOf(jobSet, [aJob('set-a-0', ended('Complete')), aJob('set-a-1', failed)], { hasService: false });
    expect(plan.finished).toBe('Failed');
    expect(plan).toMatchObject({ creations: [], changes: [] });
    expect(plan.service).toBeUndefined();
  });

  it('ignores failed Jobs of an attempt before', () => {
    const plan = judged({ maxRestarts: 5 }, [aJob('set-a-0', failed)], { restarts: 1 });
    expect(plan.status?.restarts ?? 1).toBe(1);
    expect(plan.deletions.map(({ name }) => name)).toEqual(['set-a-0']);
  });

  it('takes no longer for a pattern that backtracking engines hang on', () => {
    const job = aJob('set-a-0', ended('Failed', '', `${'a'.repeat(5_000)}!`));
    const rules = [rule({ onJobFailureMessagePatterns: ['^(a+)+$'] })];
    expect(judged({ maxRestarts: 1, rules }, [job]).events).toMatchObject([{ reason: restarts }]);
  });
});
