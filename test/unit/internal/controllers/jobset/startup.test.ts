// Which replicated jobs may start: startup order and dependencies, for Jobs that are made and for Jobs that are resumed.
import { describe, expect, it } from 'vitest';
import type { JobSetCondition } from '../../../../../pkg/models/index.ts';
import {
  aJob,
  aJobSet,
  aReplicatedJob,
  complete,
  conditionsOf,
  failed,
  namesOf,
  planOf,
  ready,
  running,
} from '../../../../support/jobset-builders.ts';

const inOrder = {
  replicatedJobs: [aReplicatedJob('a', 2), aReplicatedJob('b'), aReplicatedJob('c')],
  startupPolicy: { startupPolicyOrder: 'InOrder' as const },
};
const condition = (type: JobSetCondition['type'], status: JobSetCondition['status']): JobSetCondition => ({
  ...{ type, status, reason: 'x', message: 'x', lastTransitionTime: '2025-01-01T00:00:00Z' },
});

describe('InOrder', () => {
  it('makes the Jobs of the first replicated job alone, and says that it is in progress', () => {
    const plan = planOf(aJobSet({ spec: inOrder }));
    expect(namesOf(plan.creations)).toEqual(['set-a-0', 'set-a-1']);
    expect(conditionsOf(plan)).toEqual(['StartupPolicyInProgress=True(InOrderStartupPolicyInProgress)']);
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'InOrderStartupPolicyInProgress' }]);
  });

  it.each([
    ['waits while one Job is not ready', [ready, running], []],
    ['goes on once all are ready', [ready, ready], ['set-b-0']],
    ['goes on once all are ready or succeeded', [ready, complete], ['set-b-0']],
    ['makes what is missing of the replicated job whose turn it is', [ready], ['set-a-1']],
  ])('%s', (_sentence, states, made) => {
    const jobs = states.map((state, index) => aJob(`set-a-${index}`, state));
    expect(namesOf(planOf(aJobSet({ spec: inOrder }), jobs).creations)).toEqual(made);
  });

  it('is completed when every replicated job has started, and InProgress turns False', () => {
    const jobs = ['set-a-0', 'set-a-1', 'set-b-0', 'set-c-0'].map((name) => aJob(name, ready));
    const status = { conditions: [condition('StartupPolicyInProgress', 'True')] };
    const plan = planOf(aJobSet({ spec: inOrder, status }), jobs);
    expect(conditionsOf(plan)).toEqual([
      'StartupPolicyInProgress=False(x)',
      'StartupPolicyCompleted=True(InOrderStartupPolicyCompleted)',
    ]);
    expect(plan.events).toMatchObject([{ reason: 'InOrderStartupPolicyCompleted' }]);
  });

  it('begins anew with a restart, and Completed turns False', () => {
    const conditions = [condition('StartupPolicyInProgress', 'False'), condition('StartupPolicyCompleted', 'True')];
    const plan = planOf(aJobSet({ spec: inOrder, status: { restarts: 1, conditions } }), [aJob('set-a-0', ready)]);
    expect(conditionsOf(plan)).toEqual([
      'StartupPolicyInProgress=True(InOrderStartupPolicyInProgress)',
      'StartupPolicyCompleted=False(x)',
    ]);
  });

  it('makes all Jobs of a suspended JobSet, suspended, and says nothing of the startup', () => {
    const plan = planOf(aJobSet({ spec: { ...inOrder, suspend: true } }));
    expect(namesOf(plan.creations)).toEqual(['set-a-0', 'set-a-1', 'set-b-0', 'set-c-0']);
    expect(plan.creations.every(({ spec }) => spec?.suspend === true)).toBe(true);
    expect(conditionsOf(plan)).toEqual(['Suspended=True(SuspendedJobs)']);
  });

  it('resumes one replicated job at a time, and the JobSet counts as resumed at the end', () => {
    const suspended = { spec: { suspend: true } };
    const status = { conditions: [condition('Suspended', 'True')] };
    const first = ['set-a-0', 'set-a-1', 'set-b-0', 'set-c-0'].map((name) => aJob(name, suspended));
    const plan = planOf(aJobSet({ spec: inOrder, status }), first);
    expect(plan.changes.map(({ job }) => job.name)).toEqual(['set-a-0', 'set-a-1']);
    expect(conditionsOf(plan)).toContain('Suspended=True(x)');
    const last = first.map(({ name }) => aJob(name, ready));
    expect(conditionsOf(planOf(aJobSet({ spec: inOrder, status }), last))).toContain('Suspended=False(ResumeJobs)');
  });
});

describe('dependsOn', () => {
  const on = (...status: Array<'Ready' | 'Complete'>) => ({
    replicatedJobs: [
      aReplicatedJob('a', 2),
      aReplicatedJob('b'),
      aReplicatedJob('c', 1, { dependsOn: status.map((each, index) => ({ name: 'ab'[index] ?? '', status: each })) }),
    ],
  });

  it.each([
    ['Ready is short while no Job is there', on('Ready'), [], false],
    ['Ready is short while one Job is not ready', on('Ready'), [ready, running], false],
    ['Ready is reached when all are ready', on('Ready'), [ready, ready], true],
    ['Ready is reached by Jobs that have succeeded', on('Ready'), [ready, complete], true],
    ['Complete is short while Jobs are ready', on('Complete'), [ready, complete], false],
    ['Complete is reached when all have succeeded', on('Complete'), [complete, complete], true],
    ['every dependency must be reached', on('Ready', 'Ready'), [ready, ready], false],
  ])('%s', (_sentence, spec, states, isMade) => {
    const jobs = [...states.map((state, index) => aJob(`set-a-${index}`, state)), aJob('set-b-0', running)];
    expect(namesOf(planOf(aJobSet({ spec }), jobs).creations).includes('set-c-0')).toBe(isMade);
  });

  it('holds back those who depend alone, wherever they are in the list', () => {
    expect(namesOf(planOf(aJobSet({ spec: on('Complete') })).creations)).toEqual(['set-a-0', 'set-a-1', 'set-b-0']);
  });

  it('holds for Jobs that are resumed', () => {
    const jobs = ['set-a-0', 'set-a-1', 'set-b-0', 'set-c-0'].map((name) => aJob(name, { spec: { suspend: true } }));
    const changed = planOf(aJobSet({ spec: on('Ready') }), jobs).changes.map(({ job }) => job.name);
    expect(changed).toEqual(['set-a-0', 'set-a-1', 'set-b-0']);
  });

  it('is no longer asked for a Job that is there', () => {
    const jobs = [aJob('set-a-0', failed), aJob('set-c-0', running)];
    expect(planOf(aJobSet({ spec: on('Ready') }), jobs).deletions).toEqual([]);
  });
});
