import { describe, expect, it } from 'vitest';
import { restoreCore } from '../../../../../internal/core/restore.ts';
import { coreSettings, eventOf, idOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';
import { anAttempt } from '../../../../support/job-builders.ts';

const made = 't=0 submit a\nexpect dispatch a\nt=0 made a\nexpect nothing\n';

describe('a restart by the workload’s own controller', () => {
  it('is written down with its cause, once, and changes nothing else', () => {
    const core = play(
      {},
      `${made} t=5 runs a restarts=1 message=exit-code-1
      expect a running
      expect row a restarts=1
      t=6 runs a restarts=1 message=exit-code-1
      expect nothing
      t=7 runs a restarts=3 message=exit-code-2
      expect a running
      expect row a restarts=3
      expect running a`,
    );
    expect(core.running(idOf('a'))).toMatchObject({ attempt: 1, restarts: 3 });
  });

  it('has its line in the timeline, of the same state and attempt', () => {
    const core = play({}, made);
    core.apply(eventOf('runs', 5, 'a', { restarts: '1', message: 'exit-code-1' }));
    const [, change] = core.plan(5).filter(({ kind }) => kind === 'change_attempt' || kind === 'change_job');
    const timeline = { at: 5, state: 'running', message: 'exit-code-1', attempt: 1 };
    expect(change).toEqual({ kind: 'change_job', jobId: idOf('a'), set: { state: 'running' }, timeline });
  });

  it('has a line of its own a hundred times, then each hundredth has one, and every one is counted', () => {
    const core = play({}, made);
    const told: number[] = [];
    for (const count of [1, 99, 100, 101, 199, 200, 201, 305, 399, 1_000_000]) {
      core.apply(eventOf('runs', count, 'a', { restarts: String(count), message: 'again' }));
      const decisions = core.plan(count);
      expect(decisions).toContainEqual({
        kind: 'change_attempt',
        jobId: idOf('a'),
        attempt: 1,
        set: { restarts: count },
      });
      if (decisions.some(({ kind }) => kind === 'change_job')) told.push(count);
    }
    expect(told).toEqual([1, 99, 100, 200, 305, 1_000_000]);
  });

  it('is told before the end that was seen with it', () => {
    play({}, `${made} t=5 failed a restarts=1\nexpect a running, a failed exit_code\nexpect row a restarts=1`);
  });

  it('of a job that is being ended is nothing any more', () => {
    play({}, `${made} t=5 cancel a\nexpect a running cancelling, delete a\nt=6 runs a restarts=1\nexpect nothing`);
  });

  it('is not told again by a program that was started anew', () => {
    const attempt = anAttempt({ creation: 'made', restarts: 2 });
    const row = { jobId: idOf('a'), sequence: 1, priority: 0, attempt };
    const pending = {
      ...{ count: 0, ids: new Uint8Array(), priorities: new Int32Array(), sequences: new Float64Array() },
    };
    const lists = { waiting: [], expiries: [], attempts: [], settings: {} };
    const core = restoreCore(
      { lastSequence: 1, lastDispatchSequence: 1, pending, running: [row], ...lists },
      coreSettings(),
      10,
    );
    play(
      { core },
      't=11 up\nexpect nothing\nt=12 runs a restarts=2\nexpect nothing\nt=13 runs a restarts=3\nexpect a running',
    );
  });
});
