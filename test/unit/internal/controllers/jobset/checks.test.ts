// What is looked at again before anything is created: one row for each refusal.
import { describe, expect, it } from 'vitest';
import type { FailurePolicyRule, JobSetSpec } from '../../../../../pkg/models/index.ts';
import { aJobSet, aJobSpec, aReplicatedJob, planOf } from '../../../../support/jobset-builders.ts';

const twoJobs = [aReplicatedJob('a'), aReplicatedJob('b')];
const rule = (more: Partial<FailurePolicyRule>): JobSetSpec => ({
  failurePolicy: { rules: [{ action: 'FailJobSet', ...more }] },
});
const indexed = aReplicatedJob('a', 1, { template: { spec: aJobSpec({ completions: 3 }) } });
const needs = (...names: string[]) => ({ dependsOn: names.map((name) => ({ name, status: 'Ready' as const })) });

describe('nothing is created', () => {
  it.each<[string, JobSetSpec, string]>([
    [
      'when the first depends on another',
      { replicatedJobs: [aReplicatedJob('a', 1, needs('b')), twoJobs[1] ?? indexed] },
      'spec.replicatedJobs[0].dependsOn[0].name: "b" is no replicated job earlier in the list',
    ],
    [
      'when one depends on a later one',
      { replicatedJobs: [aReplicatedJob('x'), aReplicatedJob('a', 1, needs('b')), aReplicatedJob('b')] },
      'spec.replicatedJobs[1].dependsOn[0].name',
    ],
    [
      'when one depends on more than five',
      {
        replicatedJobs: [...'abcdef']
          .map((name) => aReplicatedJob(name))
          .concat(aReplicatedJob('z', 1, needs(...'abcdef'))),
      },
      'spec.replicatedJobs[6].dependsOn: at most 5',
    ],
    [
      'with InOrder and dependsOn',
      {
        replicatedJobs: [aReplicatedJob('a'), aReplicatedJob('b', 1, needs('a'))],
        startupPolicy: { startupPolicyOrder: 'InOrder' },
      },
      'not together with startupPolicyOrder InOrder',
    ],
    [
      'when the subdomain is no DNS label',
      { network: { subdomain: '0net' } },
      'spec.network.subdomain: "0net" is no DNS-1035 label',
    ],
    [
      'when a group name is no DNS label',
      { replicatedJobs: [aReplicatedJob('a', 1, { groupName: 'A' })] },
      'spec.replicatedJobs[0].groupName',
    ],
    [
      'when the longest Job name is too long',
      { replicatedJobs: [aReplicatedJob('a'.repeat(57), 11)] },
      'the longest Job name: "set-aaa',
    ],
    [
      'when the longest pod name is too long',
      { replicatedJobs: [aReplicatedJob('a'.repeat(51))] },
      'the longest pod name',
    ],
    [
      'when there are too many pods',
      { replicatedJobs: [aReplicatedJob('a', 1000, { template: { spec: aJobSpec({ parallelism: 3_000_000 }) } })] },
      'replicas × parallelism is over 2147483647',
    ],
    [
      'when a success target is no replicated job',
      { successPolicy: { operator: 'All', targetReplicatedJobs: ['z'] } },
      'spec.successPolicy.targetReplicatedJobs: "z" is no replicated job',
    ],
    [
      'when a rule’s target is no replicated job',
      rule({ targetReplicatedJobs: ['z'] }),
      'spec.failurePolicy.rules[0].targetReplicatedJobs: "z"',
    ],
    ['when a rule’s name is too long', rule({ name: 'x'.repeat(129) }), 'with at most 128 characters'],
    ['when a rule’s name is odd', rule({ name: '1st' }), 'spec.failurePolicy.rules[0].name: "1st" must match'],
    [
      'when two rules have one name',
      { failurePolicy: { rules: [{ action: 'FailJobSet', name: 'failurePolicyRule1' }, { action: 'FailJobSet' }] } },
      'spec.failurePolicy.rules[1].name: "failurePolicyRule1" is another rule',
    ],
    [
      'when a reason is none of a Job',
      rule({ onJobFailureReasons: ['Bored' as 'DeadlineExceeded'] }),
      'onJobFailureReasons: allowed are BackoffLimitExceeded',
    ],
    [
      'when a pattern is no regular expression',
      rule({ onJobFailureMessagePatterns: ['(?=look)'] }),
      'is no regular expression of RE2',
    ],
    [
      'when the coordinator’s replicated job is not there',
      { coordinator: { replicatedJob: 'z' } },
      'spec.coordinator.replicatedJob: "z"',
    ],
    [
      'when the coordinator’s Job is not there',
      { replicatedJobs: [indexed], coordinator: { replicatedJob: 'a', jobIndex: 1 } },
      'spec.coordinator.jobIndex: 1 is not below the 1 replicas',
    ],
    [
      'when the coordinator’s pod is not there',
      { replicatedJobs: [indexed], coordinator: { replicatedJob: 'a', podIndex: 3 } },
      'spec.coordinator.podIndex: 3 is not below the 3 completions',
    ],
    [
      'when the coordinator’s Job is not Indexed',
      {
        replicatedJobs: [aReplicatedJob('a', 1, { template: { spec: aJobSpec({ completionMode: 'NonIndexed' }) } })],
        coordinator: { replicatedJob: 'a' },
      },
      'its Jobs must be Indexed',
    ],
  ])('%s', (_sentence, spec, words) => {
    const plan = planOf(aJobSet({ spec }), [], { hasService: false });
    expect(plan.problem).toContain(words);
    expect(plan.creations).toEqual([]);
    expect(plan.service).toBeUndefined();
  });
});

it('several problems are told together, five at most', () => {
  const targetReplicatedJobs = ['q', 'r', 's', 't', 'u', 'v', 'w'];
  const plan = planOf(aJobSet({ spec: { successPolicy: { operator: 'All', targetReplicatedJobs } } }));
  expect(plan.problem?.split('; ')).toHaveLength(5);
});

it('a JobSet whose Jobs are all there is not looked at again', () => {
  expect(
    planOf(aJobSet({ spec: { replicatedJobs: [], successPolicy: { operator: 'All', targetReplicatedJobs: ['z'] } } }))
      .problem,
  ).toBeUndefined();
});
