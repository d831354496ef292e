import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';

const made = 't=0 submit a\nexpect dispatch a\nt=0 made a\nexpect nothing\n';

describe('a look at a running job’s workload', () => {
  it('that succeeded ends the job and keeps the workload for its time to live', () => {
    play(
      { jobTtlMs: 1_000 },
      `${made} t=5 succeeded a\nexpect a succeeded\nexpect row a outcome=succeeded exitCode=0 cleanupAt=1005`,
    );
  });

  it('that failed ends the job with the true reason and the exit code', () => {
    play(
      { jobTtlMs: 1_000 },
      `${made} t=5 failed a\nexpect a failed exit_code\nexpect row a outcome=failed exitCode=7 cleanupAt=1005`,
    );
  });

  it('that is not there yet according to the create is as good as the create’s answer', () => {
    play(
      {},
      `
      t=0 submit a
      expect dispatch a
      t=1 unknown a
      expect a running create_unknown
      t=2 runs a
      expect a running
      expect row a creation=made uid=uid-of-a
      `,
    );
  });

  it('keeps a finished workload’s name taken until a lost create of it can no longer land', () => {
    play(
      { jobTtlMs: 0 },
      `
      t=0     submit a
      expect dispatch a
      t=1000  unknown a
      expect a running create_unknown
      t=2000  succeeded a
      expect a running, a succeeded
      expect row a cleanupAt=91000
      `,
    );
  });

  it('keeps it, too, when a create of it is still unanswered', () => {
    play(
      { jobTtlMs: 0 },
      't=0 submit a\nexpect dispatch a\nt=2000 succeeded a\nexpect a succeeded\nexpect row a cleanupAt=92000',
    );
  });

  it.each(['unschedulable', 'image_problem'])('writes trouble down once, and its end (%s)', (trouble) => {
    const core = play(
      {},
      `${made}
      t=1 ${trouble} a message=first
      expect a running ${trouble}
      t=2 ${trouble} a message=second
      expect nothing
      `,
    );
    expect(core.running(idOf('a'))).toMatchObject({ reason: trouble, message: 'second' });
    play({ core }, 't=3 runs a\nexpect a running\nt=4 runs a\nexpect nothing');
    expect(core.running(idOf('a'))?.reason).toBeUndefined();
  });

  it('shows the usual steps of a start live only', () => {
    const core = play({}, `${made} t=1 starting a\nexpect nothing`);
    expect(core.running(idOf('a'))?.reason).toBe('starting');
    play({ core }, 't=2 runs a\nexpect nothing');
    expect(core.running(idOf('a'))?.reason).toBeUndefined();
  });
});
