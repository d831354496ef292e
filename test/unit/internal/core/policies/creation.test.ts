import { describe, expect, it } from 'vitest';
import { idOf } from '../../../../support/core-builders.ts';
import { play } from '../../../../support/core-scenario.ts';

const running = 't=0 submit a\nexpect dispatch a\n';

describe('a create that was answered with the object', () => {
  it('makes the job wait for its workload’s news, with nothing to be woken for', () => {
    const core = play(
      {},
      `${running}
      t=1 made a
      expect nothing
      expect row a creation=made uid=uid-of-a
      expect no wake
      `,
    );
    expect(core.running(idOf('a'))).toMatchObject({ creation: 'made', call: 'none', reason: 'starting' });
  });

  it('changes nothing when the watch was faster', () => {
    play(
      {},
      `${running}
      t=1 runs a
      expect row a creation=made uid=uid-of-a
      t=2 made a
      expect nothing
      `,
    );
  });
});

describe('a create that was refused', () => {
  it('fails the job with the API server’s words and frees the slot at once', () => {
    play(
      { maxConcurrency: 1 },
      `${running}
      t=1 submit b
      t=2 refused a message=forbidden
      expect a failed create_refused, dispatch b
      expect row a outcome=failed reason=create_refused message=forbidden finishedAt=2 cleanupAt=-
      `,
    );
  });

  it('cancels the job instead when that was asked for meanwhile', () => {
    play({}, `${running} t=1 cancel a\nexpect a running cancelling\nt=2 refused a\nexpect a cancelled by_user`);
  });

  it.each(['refused', 'quota'])('proves nothing within 90 s of a lost one (%s)', (word) => {
    play(
      {},
      `${running}
      t=1000  unknown a
      expect a running create_unknown
      t=90999 ${word} a
      expect nothing
      expect running a
      `,
    );
  });

  it('counts again once the lost one can no longer land', () => {
    play(
      {},
      `${running}
      t=1000  unknown a
      expect a running create_unknown
      t=5000  tick
      expect create a
      t=91000 refused a
      expect a failed create_refused
      `,
    );
  });

  it('changes nothing for a workload that was seen: somebody made it', () => {
    play({}, `${running} t=1 runs a\nt=2 refused a\nexpect nothing\nexpect running a`);
  });
});

describe('a create whose answer was lost', () => {
  it('keeps the slot, says so, and is made again under the same name after a backoff', () => {
    const core = play(
      { maxConcurrency: 1 },
      `${running}
      t=0     submit b
      t=1000  unknown a message=timeout
      expect a running create_unknown
      expect row a creation=unknown unknownAt=1000
      expect running a
      `,
    );
    const again = core.state.timers.next() as number;
    expect(again).toBeGreaterThanOrEqual(1_375);
    expect(again).toBeLessThanOrEqual(1_500);
    play({ core }, `t=${again} tick\nexpect create a\nt=1600 made a\nexpect a running\nexpect row a creation=made`);
  });

  it('waits as long as the API server asked for', () => {
    play({}, `${running} t=1000 unknown a retry-after=20000\nexpect a running create_unknown\nexpect wake 21000`);
  });

  it('says it once, however often answers are lost, and remembers the last time', () => {
    play(
      {},
      `${running}
      t=1000 unknown a
      expect a running create_unknown
      t=2000 tick
      expect create a
      t=3000 unknown a
      expect nothing
      expect row a unknownAt=3000
      `,
    );
  });

  it('is remembered even when the watch has shown a workload meanwhile: it may land when that one is gone', () => {
    play(
      {},
      `${running}
      t=1000  unknown a
      expect a running create_unknown
      t=2000  tick
      expect create a
      t=3000  runs a
      expect a running
      t=60000 unknown a
      expect row a creation=made unknownAt=60000
      t=60001 missing a
      expect nothing
      expect running a
      t=149999 missing a
      expect running a
      t=150000 tick
      expect delete a
      t=150001 missing a
      expect a failed workload_deleted
      `,
    );
  });
});

describe('a create that was turned away unread', () => {
  it('is sent again after the time the server asked for, and leaves no doubt behind', () => {
    play(
      {},
      `${running}
      t=1000 unread a retry-after=5000
      expect nothing
      expect row a creation=requested unknownAt=-
      expect wake 6000
      t=6000 tick
      expect create a
      t=6001 refused a
      expect a failed create_refused
      `,
    );
  });

  it('shows why as long as it waits, and writes nothing down', () => {
    const core = play({}, `${running} t=1000 unread a message=busy\nexpect nothing`);
    expect(core.running(idOf('a'))).toMatchObject({ reason: 'creating', message: 'busy' });
    play({ core }, 't=6000 tick\nexpect create a\nt=6001 made a\nexpect nothing');
    expect(core.running(idOf('a'))).not.toHaveProperty('message');
  });
});

describe('news of a create that is over', () => {
  it.each(['made', 'refused', 'quota', 'unknown', 'deleted', 'missing', 'succeeded'])(
    'changes nothing for an attempt that no longer holds a slot (%s)',
    (word) => {
      const core = play({}, `${running} t=1 succeeded a\nexpect a succeeded`);
      const before = core.digest();
      play(
        { core },
        `t=2 ${word} a\nexpect nothing\nt=2 ${word} ghost\nexpect nothing\nt=2 ${word} a/2\nexpect nothing`,
      );
      expect(core.digest()).toBe(before);
    },
  );

  it.each(['made', 'refused', 'quota', 'unknown', 'deleted', 'missing', 'succeeded'])(
    'changes nothing for a job whose slot is another attempt’s (%s)',
    (word) => {
      const core = play({}, `${running}`);
      const before = core.digest();
      play({ core }, `t=2 ${word} a/2\nexpect nothing`);
      expect(core.digest()).toBe(before);
    },
  );
});
