import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../support/core-builders.ts';
import { play, reachableCore } from '../../../../support/core-scenario.ts';

describe('a job that a quota refused', () => {
  it('is pending again with its acceptance number, steps aside, and lets the others run', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a prio=5
      t=0 submit b
      expect dispatch a
      t=1 quota a message=exceeded-quota
      expect a pending quota_refused, dispatch b
      expect row a creation=refused outcome=refused_by_quota finishedAt=1 message=exceeded-quota
      expect a waits: quota_refused
      expect a at 0
      expect pending a
      t=1 submit c prio=5
      expect pending a c
      `,
    );
  });

  it('runs as the same attempt when its time has come', () => {
    const core = play(
      { maxConcurrency: 1 },
      't=0 submit a\nexpect dispatch a\nt=1 quota a\nexpect a pending quota_refused\n',
    );
    const retryAt = core.state.timers.next() as number;
    expect(retryAt).toBeGreaterThanOrEqual(1_501);
    expect(retryAt).toBeLessThanOrEqual(2_001);

    play({ core }, `t=${retryAt - 1} tick\nexpect nothing\nt=${retryAt} tick\nexpect dispatch a`);
    expect(core.running(idOf('a'))).toMatchObject({ attempt: 1, sequence: 1, dispatchSequence: 2 });
  });

  it('comes back later the more of the refused are in front of it, so that a full quota is not asked by each of many', () => {
    const core = reachableCore({ maxConcurrency: 1 });
    const jobs = Array.from({ length: 2_000 }, (_, index) => idOf(`j${index}`));
    for (const jobId of jobs) core.apply({ kind: 'job_submitted', at: 0, jobId, priority: 0 });
    let tries = 0;
    for (let at = 1_000; at < 600_000; at += 200) {
      core.apply({ kind: 'timer_fired', at });
      for (
        let decisions = core.plan(at);
        decisions.some(({ kind }) => kind === 'create_workload');
        decisions = core.plan(at)
      ) {
        for (const decision of decisions) {
          if (decision.kind !== 'create_workload') continue;
          if (at >= 300_000) tries += 1;
          const { jobId, attempt } = decision;
          core.apply({ kind: 'create_refused', at, jobId, attempt, refusal: 'quota', message: 'full' });
        }
      }
    }
    // Each about once a minute would be 10,000 and more in the five minutes.
    expect(tries).toBeLessThan(6_000);
    const first = core.state.refusals.get(jobs[0] as string);
    const last = core.state.refusals.get(jobs[1_999] as string);
    expect(first?.count).toBeGreaterThan(10);
    expect(last?.count).toBeLessThan(first?.count as number);
  });

  it('waits longer after each refusal in a row, up to a minute', () => {
    const core = reachableCore({ maxConcurrency: 1 });
    play({ core }, 't=0 submit a\nexpect dispatch a');
    const waits: number[] = [];
    for (let at = 1, i = 0; i < 8; i += 1) {
      play({ core }, `t=${at} quota a\nexpect a pending quota_refused`);
      const retryAt = core.state.timers.next() as number;
      waits.push(retryAt - at);
      play({ core }, `t=${retryAt} tick\nexpect dispatch a`);
      at = retryAt + 1;
    }
    for (const [i, waitMs] of waits.entries()) {
      const full = Math.min(60_000, 2_000 * 2 ** i);
      expect(waitMs).toBeGreaterThanOrEqual(full * 0.75);
      expect(waitMs).toBeLessThanOrEqual(full);
    }
  });

  it('can be cancelled and reprioritised like any pending job, and leaves nothing behind', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      t=0 submit b
      expect dispatch a
      t=1 quota a
      expect a pending quota_refused, dispatch b
      t=2 priority a prio=7
      expect a has priority 7
      t=3 cancel a
      expect a cancelled by_user
      t=9000 tick
      expect nothing
      `,
    );
    expect(core.state.refusals.size).toBe(0);
  });

  it('forgets its refusals when it is done', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      expect dispatch a
      t=1 quota a
      expect a pending quota_refused
      t=9000 tick
      expect dispatch a
      t=9001 succeeded a
      expect a succeeded
      `,
    );
    expect(core.state.refusals.size).toBe(0);
    expect(core.state.timers.next()).toBeUndefined();
  });

  it('keeps its place in the order among the others while it waits', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a prio=3
      t=0 submit b prio=2
      expect dispatch a
      t=1 submit c prio=4
      t=1 submit d prio=3
      t=1 quota a
      expect a pending quota_refused, dispatch c
      expect pending a d b
      expect d at 1
      expect b at 2
      `,
    );
  });
});
