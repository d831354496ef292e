import { describe, expect, it } from 'vitest';
import { play } from '../../../../support/core-scenario.ts';

describe('a held job', () => {
  it('is not dispatched until it is released, and then keeps its acceptance number', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit a hold=yes
      t=0 submit b
      expect dispatch b
      expect a is held
      t=1 submit c
      t=1 release a
      expect a pending
      expect pending a c
      t=5 succeeded b
      expect b succeeded, dispatch a
      `,
    );
  });

  it('was pending before and is again: in its old place', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=1 submit a
      t=1 submit b
      t=2 hold a
      expect a held held_by_user
      expect pending b
      expect b at 0
      t=3 hold a
      expect nothing
      t=4 release a
      expect a pending
      expect pending a b
      t=5 release a
      expect nothing
      `,
    );
  });

  it('steps out of a quota refusal and is tried at once when it is released', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      expect dispatch a
      t=1 quota a
      expect a pending quota_refused
      t=2 hold a
      expect a held held_by_user
      t=90000 tick
      expect nothing
      t=90001 release a
      expect a pending, dispatch a
      `,
    );
    expect(core.state.refusals.size).toBe(0);
  });

  it('can be reprioritised and cancelled', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=1 submit a hold=yes
      t=1 submit b prio=1
      t=2 priority a prio=5
      expect a has priority 5
      t=3 release a
      expect a pending
      expect pending a b
      t=4 hold a
      expect a held held_by_user
      t=5 cancel a
      expect a cancelled by_user
      `,
    );
    expect(core.state.waiting.size).toBe(0);
  });

  it('opens the settle window when it is released into an idle queue', () => {
    play(
      { maxConcurrency: 1, settleMs: 100 },
      `
      t=0 submit a hold=yes
      expect nothing
      t=500 release a
      expect a pending
      expect a waits: settling
      t=600 tick
      expect dispatch a
      `,
    );
  });

  it('that runs can neither be held nor reprioritised', () => {
    const core = play({}, 't=0 submit a\nexpect dispatch a');
    const jobId = core.runningInOrder()[0]?.jobId ?? '';
    const refused = { ok: false, code: 'job_running' };
    expect(core.apply({ kind: 'hold_changed', at: 1, jobId, held: true })).toEqual(refused);
    expect(core.apply({ kind: 'priority_changed', at: 1, jobId, priority: 1 })).toEqual(refused);
  });
});
