import { describe, expect, it } from 'vitest';
import { Core } from '../../../../../internal/core/core.ts';
import { coreSettings, eventOf, idOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';

describe('a job that runs after others', () => {
  it('is blocked until each of them has ended as it had to', () => {
    const core = play(
      { maxConcurrency: 2 },
      `
      t=0 submit a
      t=0 submit b
      expect dispatch a, dispatch b
      t=1 submit c after=a:success,b:finish
      expect c is blocked
      t=2 succeeded a
      expect a succeeded
      expect c is blocked
      t=3 failed b
      expect b failed exit_code, c pending, dispatch c
      `,
    );
    expect(core.state.dependents.size).toBe(0);
  });

  it.each([
    ['success', 'failed', 'a failed exit_code'],
    ['failure', 'succeeded', 'a succeeded'],
    ['success', 'cancel', 'a cancelled by_user'],
    ['failure', 'cancel', 'a cancelled by_user'],
  ])('on %s is cancelled when the other is told “%s”', (on, word, ending) => {
    const first = word === 'cancel' ? 'hold=yes' : '';
    play(
      {},
      `
      t=0 submit a ${first}
      ${first ? '' : 'expect dispatch a'}
      t=1 submit b after=a:${on}
      t=2 ${word} a
      expect ${ending}, b cancelled dependency_failed
      `,
    );
  });

  it.each([
    ['success', 'succeeded', 'a succeeded'],
    ['failure', 'failed', 'a failed exit_code'],
    ['finish', 'failed', 'a failed exit_code'],
    ['finish', 'succeeded', 'a succeeded'],
  ])('on %s runs when the other is told “%s”', (on, word, ending) => {
    play(
      {},
      `
      t=0 submit a
      expect dispatch a
      t=1 submit b after=a:${on}
      t=2 ${word} a
      expect ${ending}, b pending, dispatch b
      `,
    );
  });

  it('that expired counts as a failure', () => {
    play(
      { maxConcurrency: 1 },
      `
      t=0 submit first
      expect dispatch first
      t=0 submit a expires=50
      t=1 submit b after=a:failure
      t=50 tick
      expect a expired queue_timeout, b pending
      `,
    );
  });

  it('takes those with it that wait for its success, in order of acceptance, and frees those that wait for its end', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a
      expect dispatch a
      t=0 submit b after=a:success
      t=0 submit c after=b:success
      t=0 submit d after=c:finish
      t=1 failed a
      expect a failed exit_code, b cancelled dependency_failed, c cancelled dependency_failed, d pending, dispatch d
      `,
    );
    expect(core.state.waiting.size + core.state.dependents.size).toBe(0);
  });

  it('that has ended already, by its row or in this very turn, is judged at once', () => {
    play({}, 't=0 submit b after=gone:success/succeeded\nexpect dispatch b');
    play({}, 't=0 submit b after=gone:success/failed\nexpect b cancelled dependency_failed');
    play(
      {},
      `
      t=0 submit a hold=yes
      t=1 cancel a
      t=1 submit b after=a:success
      t=1 submit c after=a:finish
      expect a cancelled by_user, b cancelled dependency_failed, dispatch c
      `,
    );
  });

  it('that nobody knows is a bug of the caller', () => {
    const core = new Core(coreSettings());
    expect(core.isKnown({ jobId: idOf('a'), on: 'success' })).toBe(false);
    expect(() => core.apply(eventOf('submit', 0, 'b', { after: 'a:success' }))).toThrow('nobody knows');
  });

  it('is not cancelled by an attempt that will be retried', () => {
    play(
      {},
      `
      t=0 submit a retries=1 backoff=0
      expect dispatch a
      t=0 submit b after=a:success
      t=1 failed a
      expect a pending, dispatch a
      t=2 succeeded a/2
      expect a succeeded, b pending, dispatch b
      `,
    );
  });

  it('names everyone an event may move, before it does', () => {
    const core = play(
      { maxConcurrency: 1 },
      `
      t=0 submit a expires=50 hold=yes
      t=0 submit b after=a:success
      t=0 submit c after=b:success
      `,
    );
    const ids = ['a', 'b', 'c'].map(idOf);
    expect(core.affectedBy(eventOf('cancel', 1, 'a'))).toEqual(ids);
    expect(core.affectedBy(eventOf('tick', 50, ''))).toEqual(ids);
    expect(core.affectedBy(eventOf('tick', 49, ''))).toEqual([]);
  });
});
