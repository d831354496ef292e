import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';

describe('dispatch', () => {
  it('gives free slots to the first jobs in the order, and no more than the cap', () => {
    play(
      { maxConcurrency: 2 },
      `
      t=0 down
      t=0 submit a prio=1
      t=0 submit b prio=3
      t=0 submit c prio=3
      t=0 submit d prio=2
      expect nothing
      t=1 up
      expect dispatch b, dispatch c
      expect running b c
      expect pending d a
      t=2 succeeded b
      expect b succeeded, dispatch d
      expect running c d
      `,
    );
  });

  it('numbers the jobs in the order in which they were dispatched', () => {
    const core = play(
      { maxConcurrency: 3 },
      't=0 submit a\nt=0 submit b prio=1\nt=0 submit c\nexpect dispatch b, dispatch a, dispatch c',
    );
    expect(core.runningInOrder().map((job) => job.dispatchSequence)).toEqual([1, 2, 3]);
  });

  it('looks at all events of a turn before it chooses', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      expect dispatch a
      t=1 succeeded a
      t=1 submit low
      t=1 submit high prio=1
      expect a succeeded, dispatch high
      `,
    );
  });

  it('follows the sample: two at a time, the most important first', () => {
    const core = play(
      { maxConcurrency: 2, settleMs: 100 },
      `
      t=0     submit job1 prio=2
      t=0     submit job2 prio=5
      t=0     submit job3 prio=5
      t=100   tick
      expect dispatch job2, dispatch job3
      t=5000  submit job4 prio=3
      t=5000  submit job5 prio=3
      expect nothing
      expect pending job4 job5 job1
      expect running job2 job3
      t=10100 succeeded job2
      t=10100 succeeded job3
      expect job2 succeeded, job3 succeeded, dispatch job4, dispatch job5
      t=20100 succeeded job4
      expect job4 succeeded, dispatch job1
      t=20101 succeeded job5
      expect job5 succeeded
      t=30100 succeeded job1
      expect job1 succeeded
      expect pending
      expect running
      `,
    );
    expect(core.state.timers.next()).toBeUndefined();
  });

  it('stops when the server drains, while what runs goes on to its end', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      expect dispatch a
      t=1 drain
      t=2 made a
      expect nothing
      t=3 succeeded a
      expect a succeeded
      expect pending b
      expect b waits: draining
      `,
    );
  });

  it('waits for an unreachable cluster and goes on, in order, when it is back', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 down
      t=1 submit a
      t=2 submit b prio=1
      expect nothing
      t=3 up
      expect dispatch b
      `,
    );
  });

  it('decides in one go: the attempt, the job’s state, the create', () => {
    const core = play({}, '');
    core.apply({ kind: 'job_submitted', at: 7, jobId: '01900000-0000-7000-8000-000000000001', priority: 0 });
    const decisions = core.plan(9);
    const jobId = '01900000-0000-7000-8000-000000000001';

    expect(linesOf(decisions)).toHaveLength(1);
    expect(decisions).toEqual([
      { kind: 'start_attempt', jobId, attempt: 1, dispatchSequence: 1, at: 9 },
      {
        kind: 'change_job',
        jobId,
        set: { state: 'running', reason: null, message: null, attempt: 1, startedAt: 9 },
        timeline: { at: 9, state: 'running', attempt: 1 },
      },
      { kind: 'create_workload', jobId, attempt: 1 },
    ]);
  });
});
