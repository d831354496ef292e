import { describe, expect, it } from 'vitest';
import { hedged } from '../../../../../pkg/kubernetes/client/hedged.ts';
import { virtualClock } from '../../../../support/virtual-clock.ts';

interface Sent {
  signal: AbortSignal;
  answer(value: string): void;
  fail(error: Error): void;
}

function asking({ mayRepeat = true, signal }: { mayRepeat?: boolean; signal?: AbortSignal } = {}) {
  const clock = virtualClock(0);
  const sent: Sent[] = [];
  const stalls: number[] = [];
  const send = (signal: AbortSignal): Promise<string> =>
    new Promise((answer, fail) => sent.push({ signal, answer, fail }));
  const onStalled = (): boolean => {
    stalls.push(clock.now());
    return mayRepeat;
  };
  const options = { clock, stalledAfterMs: 100, onStalled, ...(signal ? { signal } : {}) };
  const result = hedged(send, options).catch((error: Error) => `failed: ${error.message}`);
  return { clock, sent, stalls, result, nth: (index: number) => sent[index] as Sent };
}

describe('a request that may be repeated', () => {
  it('is sent once when it is answered in time, and nothing is aborted', async () => {
    const { clock, sent, result, nth } = asking();
    nth(0).answer('a');
    expect(await result).toBe('a');
    await clock.advance(1_000);
    expect(sent).toHaveLength(1);
    expect(nth(0).signal.aborted).toBe(false);
  });

  it('is sent again when no answer came, and the answer to the second is taken', async () => {
    const { clock, result, nth } = asking();
    await clock.advance(100);
    nth(1).answer('b');
    expect(await result).toBe('b');
    nth(0).fail(new Error('aborted'));
    await clock.advance(1_000);
    expect([nth(0).signal.aborted, nth(1).signal.aborted]).toEqual([true, false]);
  });

  it('still takes the answer to the first, which a slow server gives', async () => {
    const { clock, result, nth } = asking();
    await clock.advance(250);
    nth(0).answer('a');
    expect(await result).toBe('a');
    expect(nth(2).signal.aborted).toBe(true);
  });

  it('is never under way more than twice: the newest repetition replaces the one before', async () => {
    const { clock, sent, result, nth } = asking();
    await clock.advance(350);
    expect(sent.map(({ signal }) => signal.aborted)).toEqual([false, true, true, false]);
    nth(0).fail(new Error('reset'));
    expect(await result).toBe('failed: reset');
  });

  it('does not fail because a repetition does', async () => {
    const { clock, result, nth } = asking();
    await clock.advance(100);
    nth(1).fail(new Error('refused'));
    await clock.advance(1);
    nth(0).answer('a');
    expect(await result).toBe('a');
  });

  it('is not repeated while that is not wanted', async () => {
    const { clock, sent, stalls, nth } = asking({ mayRepeat: false });
    await clock.advance(250);
    expect({ sent: sent.length, stalls }).toEqual({ sent: 1, stalls: [100, 200] });
    nth(0).answer('a');
  });

  it('ends with everything that is under way when it is aborted', async () => {
    const abort = new AbortController();
    const { clock, sent, result } = asking({ signal: abort.signal });
    await clock.advance(100);
    abort.abort(new Error('no longer wanted'));
    expect(await result).toBe('failed: no longer wanted');
    expect(sent.every(({ signal }) => signal.aborted)).toBe(true);
    await clock.advance(1_000);
    expect(sent).toHaveLength(2);
  });
});
