import { describe, expect, it } from 'vitest';
import { eventOf, idOf } from '../../../../support/core-builders.ts';
import { play, reachableCore } from '../../../../support/core-scenario.ts';

describe('a pending job', () => {
  it('is told its position of the moment of its acceptance, as in the sample: 0, 0, 1, 0, 1', () => {
    const core = reachableCore({ maxConcurrency: 2, settleMs: 100 });
    const accept = (name: string, at: number, prio: number) =>
      core.apply(eventOf('submit', at, name, { prio: String(prio) }));
    const early = [accept('job1', 0, 2), accept('job2', 0, 5), accept('job3', 0, 5)];
    core.plan(0);
    core.plan(100);
    const late = [accept('job4', 5_000, 3), accept('job5', 5_000, 3)];

    expect([...early, ...late].map((applied) => applied.ok && applied.accepted?.position)).toEqual([0, 0, 1, 0, 1]);
    expect([...early, ...late].map((applied) => applied.ok && applied.accepted?.sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits behind a higher priority and, within one, behind those accepted before it', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=1 submit a prio=1
      t=1 submit b prio=9
      t=1 submit c prio=1
      t=1 submit d prio=-3
      expect pending b a c d
      expect b at 0
      expect c at 2
      expect d at 3
      `,
    );
  });

  it('keeps its acceptance number when its priority changes', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=1 submit a prio=1
      t=1 submit b prio=5
      t=1 submit c prio=5
      expect pending b c a
      t=2 priority a prio=5
      expect a has priority 5
      expect pending a b c
      `,
    );
  });

  it('is cancelled at once and never dispatched', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      t=0 submit a
      expect dispatch first
      t=1 cancel a
      expect a cancelled by_user
      t=2 succeeded first
      expect first succeeded
      expect pending
      expect running
      `,
    );
  });

  it.each([
    ['a job that nobody knows', 'cancel', 'ghost', 'job_not_found'],
    ['a job that nobody knows', 'priority', 'ghost', 'job_not_found'],
    ['a running job', 'priority', 'run', 'job_running'],
  ])('of %s a %s is refused', (_whose, word, name, code) => {
    const core = play({}, 't=0 submit run\nexpect dispatch run');
    const before = core.digest();

    expect(core.apply(eventOf(word, 1, name, { prio: '3' }))).toEqual({ ok: false, code });
    expect(core.digest()).toBe(before);
    expect(core.queuePosition(idOf('run'))).toBe(-1);
  });

  it.each([
    ['waiting_for_slot', 'submit first\nt=0 submit a\nexpect dispatch first'],
    ['cluster_unreachable', 'down\nt=0 submit a\nexpect nothing'],
    ['draining', 'drain\nt=0 submit a\nexpect nothing'],
    ['quota_refused', 'submit a\nexpect dispatch a\nt=0 quota a\nexpect a pending quota_refused'],
  ])('says that it waits because of: %s', (reason, script) => {
    play({ maxConcurrency: 1 }, `t=0 ${script}\nexpect a waits: ${reason}`);
  });
});
