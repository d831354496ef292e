// Suspending and resuming.
import { describe, expect, it } from 'vitest';
import type { JobSetCondition, PodTemplate } from '../../../../../pkg/models/index.ts';
import {
  aJob,
  aJobSet,
  aJobSpec,
  aReplicatedJob,
  complete,
  conditionsOf,
  planOf,
  running,
} from '../../../../support/jobset-builders.ts';

const suspended: JobSetCondition = {
  ...{ type: 'Suspended', status: 'True', reason: 'SuspendedJobs', message: 'jobset is suspended' },
  lastTransitionTime: '2025-01-01T00:00:00Z',
};
const twoJobs = { replicatedJobs: [aReplicatedJob('a', 2)] };

describe('a JobSet that is suspended', () => {
  const jobSet = aJobSet({ spec: { ...twoJobs, suspend: true } });

  it('suspends its active Jobs and leaves those that are suspended or over', () => {
    const jobs = [aJob('set-a-0', running), aJob('set-a-1', { spec: { suspend: true } }), aJob('set-a-2', complete)];
    const { changes } = planOf(jobSet, jobs);
    expect(changes.map(({ job, spec }) => [job.name, spec])).toEqual([['set-a-0', { suspend: true }]]);
  });

  it('has the condition Suspended with one event, once', () => {
    const plan = planOf(jobSet);
    expect(conditionsOf(plan)).toEqual(['Suspended=True(SuspendedJobs)']);
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'SuspendedJobs' }]);
    const again = aJobSet({ spec: { ...twoJobs, suspend: true }, status: { conditions: [suspended] } });
    expect(planOf(again).events).toEqual([]);
  });

  it('makes missing Jobs suspended', () => {
    expect(planOf(jobSet).creations.map(({ spec }) => spec?.suspend)).toEqual([true, true]);
  });
});

describe('a JobSet that is resumed', () => {
  const withPods = (template: PodTemplate) => ({
    replicatedJobs: [aReplicatedJob('a', 1, { template: { spec: aJobSpec({ template }) } })],
  });

  it('has the condition Suspended False, and never one that it did not have', () => {
    const plan = planOf(aJobSet({ spec: twoJobs, status: { conditions: [suspended] } }));
    expect(conditionsOf(plan)).toEqual(['Suspended=False(ResumeJobs)']);
    expect(plan.events).toMatchObject([{ type: 'Normal', reason: 'ResumeJobs' }]);
    expect(conditionsOf(planOf(aJobSet({ spec: twoJobs })))).toEqual([]);
  });

  it('carries labels, annotations, nodeSelector, tolerations and scheduling gates into its Jobs', () => {
    const spec = withPods({
      metadata: { labels: { queue: 'q' }, annotations: { flavor: 'spot' } },
      spec: {
        ...{ nodeSelector: { pool: 'spot' }, tolerations: [{ key: 'spot', operator: 'Exists' }] },
        schedulingGates: [{ name: 'gate' }],
      },
    });
    const [change] = planOf(aJobSet({ spec }), [aJob('set-a-0', { spec: { suspend: true } })]).changes;
    expect(change?.spec).toEqual({
      suspend: false,
      template: {
        metadata: { labels: { queue: 'q' }, annotations: { flavor: 'spot' } },
        spec: {
          ...{ nodeSelector: { pool: 'spot' }, tolerations: [{ key: 'spot', operator: 'Exists' }] },
          schedulingGates: [{ name: 'gate' }],
        },
      },
    });
  });

  it('keeps the tolerations that are there, each once', () => {
    const tolerations = [{ key: 'mine', operator: 'Exists' }];
    const job = aJob('set-a-0', {
      spec: {
        suspend: true,
        template: { spec: { tolerations: [{ operator: 'Exists', key: 'mine' }, { key: 'other' }] } },
      },
    });
    expect(planOf(aJobSet({ spec: withPods({ spec: { tolerations } }) }), [job]).changes[0]?.spec).toEqual({
      suspend: false,
      template: { metadata: {}, spec: {} },
    });
    const more = withPods({ spec: { tolerations: [...tolerations, { key: 'new' }] } });
    expect(planOf(aJobSet({ spec: more }), [job]).changes[0]?.spec).toMatchObject({
      template: { spec: { tolerations: [{ operator: 'Exists', key: 'mine' }, { key: 'other' }, { key: 'new' }] } },
    });
  });

  it('clears the start time of a Job that has one first', () => {
    const startTime = '2026-01-01T00:00:00Z';
    const jobs = [
      aJob('set-a-0', { spec: { suspend: true }, status: { startTime } }),
      aJob('set-a-1', { spec: { suspend: true } }),
    ];
    const { changes } = planOf(aJobSet({ spec: twoJobs }), jobs);
    expect(changes.map(({ clearStartTime }) => clearStartTime)).toEqual([true, false]);
  });

  it('leaves Jobs alone that run', () => {
    expect(planOf(aJobSet({ spec: twoJobs }), [aJob('set-a-0', running)]).changes).toEqual([]);
  });
});
